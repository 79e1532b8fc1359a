import type { BatchDto } from '@/lib/contracts/batch';
import type { ServerEvents } from '@/lib/contracts/events';
import { getBatches } from '@/lib/domain/batch/get-batch';
import { listBatches } from '@/lib/domain/batch/list-batches';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { getFlows } from '@/lib/domain/flow/get-flow';
import { getJobSummaries } from '@/lib/domain/job/get-job';
import { type Filter, isUnfiltered } from './filter';

/** Batches that an unfiltered stream begins with: the newest, and those that are unfinished. */
const RECENT = 20;
const UNFINISHED = 100;

/** The state that a stream begins with: what its filter names, else what is unfinished and what is recent. */
export async function readSnapshot(context: Context, filter: Filter): Promise<ServerEvents['snapshot']> {
  const [batches, jobs, flows, capacity] = await Promise.all([
    isUnfiltered(filter) ? currentBatches(context) : getBatches(context, [...filter.batchIds]),
    filter.jobIds.size > 0 ? getJobSummaries(context, [...filter.jobIds]) : undefined,
    filter.flowIds.size > 0 ? getFlows(context, [...filter.flowIds]) : undefined,
    getCapacity(),
  ]);
  return { batches, ...(jobs && { jobs }), ...(flows && { flows }), capacity };
}

async function currentBatches(context: Context): Promise<BatchDto[]> {
  const [unfinished, recent] = await Promise.all([
    unfinishedBatches(context),
    listBatches(context, { limit: RECENT }).then((page) => page.batches),
  ]);
  const byId = new Map([...unfinished, ...recent].map((batch) => [batch.id, batch]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The batches whose counters may still move. */
export async function unfinishedBatches(context: Context): Promise<BatchDto[]> {
  return (await listBatches(context, { status: ['pending', 'in-progress'], limit: UNFINISHED })).batches;
}
