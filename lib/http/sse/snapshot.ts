import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEvents } from '@/lib/contracts/events';
import { getBatches } from '@/lib/domain/batch/get-batch';
import { listBatches } from '@/lib/domain/batch/list-batches';
import { capacityFor, readLoad } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { getFlows } from '@/lib/domain/flow/get-flow';
import { getJobSummaries } from '@/lib/domain/job/get-job';
import { type Filter, isUnfiltered } from './viewer';

/** Maximum batches in the snapshot of an unfiltered stream: the newest ones, and the unfinished ones. */
const RECENT = 20;
const UNFINISHED = 100;

/** Reads the initial state of a stream: the rows of its filter, or without one the unfinished and recent batches. */
export async function readSnapshot(context: Context, filter: Filter): Promise<ServerEvents['snapshot']> {
  const [batches, jobs, flows, load] = await Promise.all([
    isUnfiltered(filter) ? currentBatches(context) : getBatches(context, [...filter.batchIds]),
    filter.jobIds.size > 0 ? getJobSummaries(context, [...filter.jobIds]) : undefined,
    filter.flowIds.size > 0 ? getFlows(context, [...filter.flowIds]) : undefined,
    readLoad(),
  ]);
  return { batches, ...(jobs && { jobs }), ...(flows && { flows }), capacity: capacityFor(load, context) };
}

async function currentBatches(context: Context): Promise<BatchDto[]> {
  const [unfinished, recent] = await Promise.all([
    unfinishedBatches(context),
    listBatches(context, { limit: RECENT }).then((page) => page.batches),
  ]);
  const byId = new Map([...unfinished, ...recent].map((batch) => [batch.id, batch]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** Returns the batches whose counters can still change. */
export async function unfinishedBatches(context: Context): Promise<BatchDto[]> {
  return (await listBatches(context, { status: ['pending', 'in-progress'], limit: UNFINISHED })).batches;
}

interface Entry<T> {
  result: Promise<T>;
  started: boolean;
}

/**
 * Shares reads between callers that need the same rows, and limits concurrent reads, so that many streams that open
 * together cost few queries. Each caller gets a read that started after its request, so that it misses no change
 * between the read and the following events.
 */
export class SharedReads<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #waiting: (() => void)[] = [];

  constructor(private free: number) {}

  read(key: string, work: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known && !known.started) return known.result;
    const entry: Entry<T> = { started: false, result: this.#acquire().then(() => this.#run(key, entry, work)) };
    this.#entries.set(key, entry);
    return entry.result;
  }

  async #run(key: string, entry: Entry<T>, work: () => Promise<T>): Promise<T> {
    entry.started = true;
    try {
      return await work();
    } finally {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      const next = this.#waiting.shift();
      if (next) next();
      else this.free += 1;
    }
  }

  #acquire(): Promise<void> {
    if (this.free === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.free -= 1;
    return Promise.resolve();
  }
}
