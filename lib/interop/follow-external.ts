import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import type { Changes } from '@/lib/contracts/events';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { readPauses } from '@/lib/domain/pause/paused';
import { EXTERNAL_TYPES, type JobType } from '@/lib/job-types/catalogue';
import { findMissing } from '@/lib/queue/inspect';
import { listExternalDeliveries, readPage } from './external-deliveries';
import {
  type ExternalChanges,
  listActiveElsewhere,
  listUnwanted,
  markActive,
  recordExternal,
  recordForcedCancels,
  requeueLost,
} from './record-external';

const PAGE = 500;
/** Pages of waiting deliveries that one round examines during a pause: more than workers of others start until the next one. */
const PAGES_WHILE_PAUSED = 20;
/** A worker with our library claims its row within milliseconds. A row that takes longer is another client's. */
const CLAIM_MS = 1500;
/** The expensive checks run only every so many rounds. */
const EVERY = { waiting: 2, held: 5 };

/** Publishes changes for screens. */
type Publish = (changes: Partial<Changes>) => void;

/**
 * One round of following the jobs that external workers run. The queue keeps ended jobs until they were recorded here,
 * so nothing depends on an event that may be lost, or on this process having run at the time.
 */
export async function followExternal(round: number, publish: Publish): Promise<void> {
  for (const type of EXTERNAL_TYPES) {
    try {
      await followType(type, round, publish);
    } catch (error) {
      const level = isRedisAway(error) ? 'debug' : 'warn';
      logger[level](
        { err: error, type },
        'The jobs of external workers could not be read. The next round tries again.',
      );
    }
  }
}

async function followType(type: JobType, round: number, publish: Publish): Promise<void> {
  for (const state of ['completed', 'failed'] as const) {
    for (let ended = await listExternalDeliveries(type, state, PAGE); ended.length > 0; ) {
      publishRecorded(await recordExternal(ended), publish);
      await Promise.all(ended.map((delivery) => delivery.remove()));
      ended = ended.length < PAGE ? [] : await listExternalDeliveries(type, state, PAGE);
    }
  }
  const active = await listExternalDeliveries(type, 'active', PAGE);
  const started = await markActive(active.filter((d) => Date.now() - (d.startedAt ?? 0) > CLAIM_MS));
  if (started.length > 0) {
    publish({
      jobs: started.map((s) => ({ jobId: s.id, batchId: s.batchId, status: 'active' })),
      batches: started.flatMap((s) => s.batchId ?? []),
    });
  }
  if (round % EVERY.waiting === 0) await removeUnwanted(type);
  if (round % EVERY.held === 0) await repairLost(type, publish);
}

/**
 * Removes deliveries that no worker should start, such as those of cancelled jobs: no consumer of ours checks them. While
 * everything of an organization is paused, its deliveries are also looked for behind those of others.
 */
async function removeUnwanted(type: JobType): Promise<void> {
  const { length: pauses } = await readPauses();
  const pages = pauses > 0 ? PAGES_WHILE_PAUSED : 1;
  for (let page = 0, from = 0; page < pages; page += 1) {
    const { own, isLast } = await readPage(type, 'waiting', { from, limit: PAGE });
    const unwanted = own.length > 0 ? await listUnwanted(own.map(({ rowId }) => rowId)) : new Set();
    await Promise.all(own.filter(({ rowId }) => unwanted.has(rowId)).map((delivery) => delivery.remove()));
    if (isLast) return;
    // What follows has moved forward by what was removed.
    from = Math.max(0, from + PAGE - unwanted.size);
  }
}

/** Ends active rows that were cancelled by force, and requeues those whose delivery the queue has lost. */
async function repairLost(type: JobType, publish: Publish): Promise<void> {
  const active = await listActiveElsewhere(type, PAGE);
  const forced = active.filter((row) => row.force);
  if (forced.length > 0) publishRecorded(await recordForcedCancels(forced), publish);
  const others = active.filter((row) => !row.force);
  if (others.length === 0) return;
  const missing = new Set(await findMissing(type, others));
  await deliverJobs(await requeueLost(others.filter((row) => missing.has(row.id))));
}

function publishRecorded(recorded: ExternalChanges, publish: Publish): void {
  const jobs = recorded.changed.map((c) => ({ jobId: c.id, batchId: c.batchId, status: c.status }));
  publish({
    jobs: [...jobs, ...(recorded.settled?.changes ?? [])],
    batches: recorded.batches.map((b) => b.id),
    flows: recorded.flows,
    done: recorded.batches.filter((b) => b.finished).map((b) => b.id),
  });
}
