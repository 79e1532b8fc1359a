import type { JobChange } from '@/lib/contracts/events';
import type { JobStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { ofAction } from '@/lib/domain/bulk-action/bulk-action-row';
import { cancelTogether } from '@/lib/domain/job/cancel-together';
import { deleteEndedJobs } from '@/lib/domain/retention/expire';
import { publishChanges } from '@/lib/events/relay';
import { all, type Chunk, lockUnchanged, type Results } from './chunk';
import { deleteGroup } from './delete-group';
import { retryChunk } from './retry-chunk';
import { tagBatch, tagChunk } from './tag-chunk';

/** Changes of single jobs that are published at once. */
const MOST_CHANGES = 200;

/**
 * Changes the jobs of a chunk as the action says.
 * @returns `more` if it changed a part, and goes on with the same chunk; `prefetched` if a consumer may start one of them just now; then nothing was changed
 * @throws DomainError `not-retryable`, `unique-key-in-use`
 */
export async function changeChunk(tx: Transaction, chunk: Chunk): Promise<Results | 'prefetched' | 'more'> {
  if (chunk.kind === 'gone') return all(chunk.jobs, { state: 'skipped', why: 'gone' });
  if (ofAction(chunk.action) !== 'jobs') {
    return chunk.action.action === 'tag' ? tagBatch(tx, chunk) : deleteGroup(tx, chunk);
  }
  switch (chunk.action.action) {
    case 'cancel':
      return cancelChunk(tx, chunk);
    case 'tag':
      return tagChunk(tx, chunk);
    case 'discard':
      return discardChunk(tx, chunk);
    case 'delete':
      return deleteChunk(tx, chunk);
    default:
      return retryChunk(tx, chunk);
  }
}

/** Waiting jobs never start; running ones are asked to stop, and may complete. */
async function cancelChunk(tx: Transaction, chunk: Chunk): Promise<Results | 'prefetched'> {
  const { jobs, kind, groupId, closePrefetched } = chunk;
  const cancelled = await cancelTogether(
    tx,
    {
      ids: jobs.map(({ id }) => id),
      batchId: kind === 'batch' ? groupId : null,
      flowId: kind === 'flow' ? groupId : null,
    },
    { mode: 'graceful', closePrefetched },
  );
  if (cancelled === 'prefetched') return 'prefetched';
  const results = all(jobs, { state: 'skipped', why: 'gone' });
  for (const { id } of cancelled.ended) results.set(id, { state: 'skipped', why: 'ended' });
  for (const id of [...cancelled.closed, ...cancelled.asked]) results.set(id, { state: 'done' });
  return results;
}

async function discardChunk(tx: Transaction, chunk: Chunk): Promise<Results> {
  const { ready, results } = await lockUnchanged(tx.db, chunk);
  if (ready.length > 0) {
    await tx.db.query(
      sql`update job set discarded_at = now(), discard_note = ${chunk.action.note} where id = any(${ready}::uuid[])`,
    );
    publishEnded(tx, chunk, ready);
  }
  for (const id of ready) results.set(id, { state: 'done' });
  return results;
}

async function deleteChunk(tx: Transaction, chunk: Chunk): Promise<Results> {
  const { ready, results } = await lockUnchanged(tx.db, chunk);
  if (ready.length > 0) {
    await deleteEndedJobs(tx.db, sql`select j.id from job j where j.id = any(${ready}::uuid[])`);
  }
  for (const id of ready) results.set(id, { state: 'done' });
  return results;
}

function publishEnded(tx: Transaction, { kind, groupId }: Chunk, ids: string[]): void {
  const status: JobStatus = 'failed';
  const [batchId, flowId] = [kind === 'batch' ? groupId : null, kind === 'flow' ? groupId : null];
  const jobs = ids.slice(0, MOST_CHANGES).map((jobId): JobChange => ({ jobId, batchId, flowId, status }));
  tx.afterCommit(() => publishChanges({ jobs }));
}
