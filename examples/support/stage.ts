import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from '@/lib/domain/context';

/** What an example is given: a way to the HTTP API, who it acts as, and a place to speak. */
export interface Stage {
  /** a call of the HTTP API @throws Error with the server's own words when it refuses */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** for the examples that use the classes: the same person, with direct access */
  context: Context;
  say(line: string): void;
}

/** An example ends by itself; it throws when something does not add up. */
export type Example = (stage: Stage) => Promise<void>;

/** @throws Error saying what differs */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: expected ${b}, got ${a}`);
}

const PATIENCE_MS = 120_000;
const EVERY_MS = 250;

/** Asks until the answer is right. @throws Error after two minutes */
export async function eventually<T>(what: string, ask: () => Promise<T>, right: (value: T) => boolean): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await ask();
    if (right(value)) return value;
    if (Date.now() > end) throw new Error(`Timed out waiting for: ${what}.`);
    await sleep(EVERY_MS);
  }
}
