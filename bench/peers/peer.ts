import { once } from 'node:events';

/** The work of one measurement: no-op jobs at the peer's own best concurrency, or jobs that wait. */
export interface Work {
  count: number;
  /** how many run at the same time; undefined for the setting at which the peer is fastest */
  concurrency: number | undefined;
  /** milliseconds that each job waits */
  durationMs: number;
}

/** A queue that takes part in the comparison. */
export interface Peer {
  /** Adds jobs in bulk with the payload `{ payload: 1 }`. Nothing runs yet. */
  add(work: Work): Promise<void>;
  /** Runs what was added. @returns milliseconds from the start of the work until the last outcome is recorded */
  drain(work: Work): Promise<number>;
  close(): Promise<void>;
}

export type Message = { type: 'ready' } | { type: 'done'; addMs: number; drainMs: number };

const WARM_UP = 1000;

/**
 * Runs one peer in a process of its own, which the benchmark forks with `[url, work, extra]`. It warms up, reports
 * `ready`, waits until the benchmark has read the processor times, measures, and reports `done`.
 */
export async function compete(open: (url: string, extra: string | undefined) => Promise<Peer>): Promise<void> {
  const [url = '', given = '{}', extra] = process.argv.slice(2);
  const work = JSON.parse(given) as Work;
  const peer = await open(url, extra);
  const warmUp = { ...work, count: Math.min(WARM_UP, work.count) };
  await peer.add(warmUp);
  await peer.drain(warmUp);
  const told = () => once(process, 'message');
  const begin = told();
  process.send?.({ type: 'ready' } satisfies Message);
  await begin;
  const began = performance.now();
  await peer.add(work);
  const addMs = performance.now() - began;
  const drainMs = await peer.drain(work);
  const end = told();
  process.send?.({ type: 'done', addMs, drainMs } satisfies Message);
  await end;
  await peer.close();
  process.exit(0);
}

/** Resolves when it was called `count` times. */
export function countdown(count: number): { done: Promise<void>; tick(by?: number): void } {
  let left = count;
  let finish: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    done,
    tick(by = 1) {
      left -= by;
      if (left <= 0) finish();
    },
  };
}

/** Waits like a call to a service; returns at once for a no-op. */
export const pause = (ms: number): Promise<void> | undefined =>
  ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : undefined;

/** Calls `add` with chunks of at most `size` until `count` are added. */
export async function inChunks(count: number, size: number, add: (size: number) => Promise<unknown>): Promise<void> {
  for (let added = 0; added < count; added += size) await add(Math.min(size, count - added));
}
