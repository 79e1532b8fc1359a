import { env } from '@/lib/config/env';
import type { BatchDto } from '@/lib/contracts/batch';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { requireOwn } from '@/lib/domain/job/require-own';
import { track, trackRefusal } from '@/lib/domain/monitoring/track';
import { forgetKeys, indexJobs } from '@/lib/domain/query/search-keys';
import { publish, publishChanges } from '@/lib/events/relay';
import { SEQ_ALREADY_DELIVERED } from './delayed-children';
import { loadBatch } from './get-batch';
import { joinBatch } from './join-batch';
import { lockDispatch } from './lock-dispatch';
import { SETTLE } from './settle';

/**
 * Makes a job, even one that has already ended, a child of an unsealed batch. Idempotent: a child counts once. An error
 * is also reported as the event `parent-job.child-registration-failed`.
 * @returns `registered` is false if the job already was a child of this batch
 * @throws DomainError `not-found`, `batch-sealed`, `has-parent`; `forbidden` for an operator and a job of another client
 */
export async function registerChild(
  context: Context,
  batchId: string,
  jobId: string,
): Promise<{ registered: boolean; batch: BatchDto }> {
  requirePermission(context, 'batch.change');
  try {
    if (!isId(batchId)) throw notFound('batch', batchId);
    if (!isId(jobId)) throw notFound('job', jobId);
    const registered = await transaction((tx) => adopt(tx, context, batchId, jobId));
    const batch = await loadBatch(context, batchId);
    const { correlationId } = batch;
    if (registered) track(context, 'parent-job.child-registered', { parentJobId: batchId, correlationId, jobId });
    return { registered, batch };
  } catch (error) {
    const { message, code } = error as DomainError;
    await trackRefusal(context, batchId, { jobId, code, error: message });
    throw error;
  }
}

async function adopt(tx: Transaction, context: Context, batchId: string, jobId: string): Promise<boolean> {
  const { db } = tx;
  const parent = await db.query<{ correlation_id: string }>(
    sql`select correlation_id from batch where id = ${batchId} and organization_id = ${context.organizationId}`,
  );
  if (!parent.rows[0]) throw notFound('batch', batchId);
  // Lock order of all transactions: dispatch row, job, batch. It prevents deadlocks.
  await lockDispatch(db, batchId);
  const { rows } = await db.query<{ status: JobStatus; batch_id: string | null; flow_id: string | null }>(
    sql`select status, batch_id, flow_id from job where id = ${jobId} and organization_id = ${context.organizationId} for update`,
  );
  const job = rows[0];
  if (!job) throw notFound('job', jobId);
  // Whoever may cancel or edit the batch could do so with the job.
  await requireOwn(db, context, sql`j.id = ${jobId}::uuid`, 'add a job to a batch');
  if (job.batch_id === batchId) return false;
  if (job.batch_id ?? job.flow_id) throw new DomainError('has-parent', 'This job is a child of something else.');
  const place = await joinBatch(db, batchId, { count: 1, limit: env().MAX_BATCH_ITEMS, inLine: false });
  await db.query(forgetKeys(sql`j.id = ${jobId}::uuid`));
  await db.query(
    sql`update job set batch_id = ${batchId}, item_index = ${place.firstIndex}, seq = ${SEQ_ALREADY_DELIVERED}, correlation_id = ${parent.rows[0].correlation_id} where id = ${jobId}`,
  );
  await db.query(
    sql`update batch_dispatch set reach = greatest(reach, ${place.firstIndex}), loose = true where batch_id = ${batchId}`,
  );
  await indexJobs(db, sql`j.id = ${jobId}::uuid`);
  // The child may have started, and cost something, before the batch got a slot.
  await db.query(
    sql`update batch b set started_at = coalesce(b.started_at, now()),
       cost_tokens = coalesce(b.cost_tokens + j.cost_tokens, j.cost_tokens, b.cost_tokens),
       cost_usd = coalesce(b.cost_usd + j.cost_usd, j.cost_usd, b.cost_usd)
     from job j where b.id = ${batchId} and j.id = ${jobId}`,
  );
  if (isTerminal(job.status)) await count(tx, batchId, jobId, job.status);
  tx.afterCommit(() => publishChanges({ batches: [batchId], jobs: [{ jobId, batchId, status: job.status }] }));
  return true;
}

/** Counts a job that ended before it joined the batch. */
async function count(tx: Transaction, batchId: string, jobId: string, status: JobStatus): Promise<void> {
  const { rows } = await tx.db.query<{ finished: boolean }>(
    sql`with tally as (select (${status} = 'completed')::int as completed, (${status} = 'failed')::int as failed,
       (${status} = 'cancelled')::int as cancelled)
     update batch b set ${SETTLE},
       warned = b.warned + (select (warnings is not null)::int from job where id = ${jobId})
     from tally where b.id = ${batchId} returning b.finished_at is not null as finished`,
  );
  if (!rows[0]?.finished) return;
  tx.afterCommit(() =>
    Promise.all([
      publishChanges({ batches: [batchId], done: [batchId], capacity: true }),
      publish('control', { startQueued: true }),
    ]),
  );
}
