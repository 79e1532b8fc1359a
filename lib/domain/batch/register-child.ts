import { env } from '@/lib/config/env';
import type { BatchDto } from '@/lib/contracts/batch';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { type Transaction, transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { track, trackRefusal } from '@/lib/domain/monitoring/track';
import { publish, publishChanges } from '@/lib/events/relay';
import { getBatch } from './get-batch';
import { joinBatch } from './join-batch';
import { lockDispatch } from './lock-dispatch';
import { SEQ_ELSEWHERE } from './own-time';
import { settle } from './settle';

/**
 * Makes a job a child of a batch that is not sealed, whatever became of the job meanwhile: one that has ended counts
 * as it ended. A job that is a child already counts once. A refusal is reported as
 * `parent-job.child-registration-failed` and thrown.
 * @returns `registered` is false when it was a child before
 * @throws DomainError `not-found`, `batch-sealed`, `has-parent`
 */
export async function registerChild(
  context: Context,
  batchId: string,
  jobId: string,
): Promise<{ registered: boolean; batch: BatchDto }> {
  try {
    if (!isId(batchId)) throw notFound('batch', batchId);
    if (!isId(jobId)) throw notFound('job', jobId);
    const registered = await transaction((tx) => adopt(tx, context, batchId, jobId));
    const batch = await getBatch(context, batchId);
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
  const { sql } = tx;
  const parent = await sql.query<{ correlation_id: string }>(
    'select correlation_id from batch where id = $1 and organization_id = $2',
    [batchId, context.organizationId],
  );
  if (!parent.rows[0]) throw notFound('batch', batchId);
  // Dispatch row, job, batch: the order of all who need them.
  await lockDispatch(sql, batchId);
  const { rows } = await sql.query<{ status: JobStatus; batch_id: string | null; flow_id: string | null }>(
    'select status, batch_id, flow_id from job where id = $1 and organization_id = $2 for update',
    [jobId, context.organizationId],
  );
  const job = rows[0];
  if (!job) throw notFound('job', jobId);
  if (job.batch_id === batchId) return false;
  if (job.batch_id ?? job.flow_id) throw new DomainError('has-parent', 'This job is a child of something else.');
  const place = await joinBatch(sql, batchId, { count: 1, limit: env().MAX_BATCH_ITEMS, inLine: false });
  await sql.query('update job set batch_id = $2, item_index = $3, seq = $4, correlation_id = $5 where id = $1', [
    jobId,
    batchId,
    place.firstIndex,
    SEQ_ELSEWHERE,
    parent.rows[0].correlation_id,
  ]);
  await sql.query('update batch_dispatch set reach = greatest(reach, $2), loose = true where batch_id = $1', [
    batchId,
    place.firstIndex,
  ]);
  // It may have run before its batch has a slot.
  await sql.query('update batch set started_at = coalesce(started_at, now()) where id = $1', [batchId]);
  if (isTerminal(job.status)) await count(tx, batchId, jobId, job.status);
  tx.afterCommit(() => publishChanges({ batches: [batchId], jobs: [{ jobId, batchId, status: job.status }] }));
  return true;
}

/** It ended before it joined: it counts now, by the one rule. */
async function count(tx: Transaction, batchId: string, jobId: string, status: JobStatus): Promise<void> {
  const { rows } = await tx.sql.query<{ finished: boolean }>(
    `with tally as (select ($2 = 'completed')::int as completed, ($2 = 'failed')::int as failed,
       ($2 = 'cancelled')::int as cancelled)
     update batch b set ${settle('tally')},
       warned = b.warned + (select (warnings is not null)::int from job where id = $3)
     from tally where b.id = $1 returning b.finished_at is not null as finished`,
    [batchId, status, jobId],
  );
  if (!rows[0]?.finished) return;
  tx.afterCommit(() =>
    Promise.all([
      publishChanges({ batches: [batchId], done: [batchId], capacity: true }),
      publish('control', { startQueued: true }),
    ]),
  );
}
