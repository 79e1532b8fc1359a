import type { JobDto } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { SEQ_UNASSIGNED } from '@/lib/domain/batch/delayed-children';
import { lockDispatch } from '@/lib/domain/batch/lock-dispatch';
import { IS_PREFETCHED, whenNotPrefetched } from '@/lib/domain/batch/prefetched';
import { SETTLE } from '@/lib/domain/batch/settle';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { lockFlows, settleNode } from '@/lib/domain/flow/settle-nodes';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { type TrackedParent, trackClosed } from '@/lib/domain/monitoring/track';
import { publish, publishChanges } from '@/lib/events/relay';
import { loadJobs } from './get-job';
import { requireOwn } from './require-own';

interface JobParents {
  batch_id: string | null;
  flow_id: string | null;
  parent_job_id: string | null;
}

/**
 * Cancels a job. A waiting job never starts. A running job gets the abort signal and may still complete; with `force` it
 * is cancelled even if it ignores the signal. It is safe to call it twice.
 * @throws DomainError `not-found`, `forbidden`, `already-finished`
 */
export async function cancelJob(
  context: Context,
  jobId: string,
  options: { force?: boolean | undefined } = {},
): Promise<JobDto> {
  requirePermission(context, 'job.cancel', 'cancel a job');
  if (!isId(jobId)) throw notFound('job', jobId);
  const mode = options.force ? 'force' : 'graceful';
  await whenNotPrefetched(({ last }) =>
    retrying(() => transaction((tx) => cancel(tx, context, jobId, { mode, closePrefetched: last }))),
  );
  const [job] = await loadJobs(context, [jobId]);
  if (!job) throw notFound('job', jobId);
  return job;
}

interface CancelOptions {
  mode: 'force' | 'graceful';
  /** its consumer can't start it any more */
  closePrefetched: boolean;
}

async function cancel(
  tx: Transaction,
  context: Context,
  jobId: string,
  { mode, closePrefetched }: CancelOptions,
): Promise<'done' | 'prefetched'> {
  const { db } = tx;
  const found = await db.query<JobParents>(
    sql`select batch_id, flow_id, parent_job_id from job where id = ${jobId} and organization_id = ${context.organizationId}`,
  );
  if (!found.rows[0]) throw notFound('job', jobId);
  await requireOwn(db, context, sql`j.id = ${jobId}::uuid`, 'cancel a job');
  const { batch_id: batchId, flow_id: flowId, parent_job_id: parentId } = found.rows[0];
  if (batchId) await lockDispatch(db, batchId);
  if (flowId) await lockFlows(db, [flowId]);
  const { rows } = await db.query<{ status: JobStatus; seq: number | null; prefetched: boolean }>(
    sql`select j.status, coalesce(j.seq, j.item_index + 1) as seq, ${IS_PREFETCHED} as prefetched from job j
     where j.id = ${jobId} for update`,
  );
  const row = rows[0];
  if (!row) throw notFound('job', jobId);
  if (row.prefetched && !closePrefetched) return 'prefetched';
  await audit(db, context, 'job.cancel', { kind: 'job', id: jobId }, { after: { mode } });
  if (row.status === 'active') {
    await db.query(
      sql`update job set cancel_mode = case when cancel_mode = 'force' then 'force' else ${mode} end where id = ${jobId}`,
    );
    tx.afterCommit(() => publish('control', { abort: { jobIds: [jobId], batchIds: [], force: mode === 'force' } }));
    tx.afterCommit(() => publishChanges({ jobs: [{ jobId, batchId, flowId, status: 'active' }] }));
    return 'done';
  }
  if (row.status !== 'pending' && row.status !== 'delayed' && row.status !== 'waiting-children') {
    throw new DomainError('already-finished', `This job is already ${row.status}.`);
  }
  await db.query(
    sql`with closed as (update job set status = 'cancelled', finished_at = clock_timestamp(), run_at = null, consumer_id = null,
       cancel_mode = ${mode} where id = ${jobId} returning organization_id, type, status) ${RECORD_CLOSED}`,
  );
  if (batchId) {
    await db.query(
      row.seq === SEQ_UNASSIGNED
        ? sql`update batch_dispatch set delayed = greatest(delayed - 1, 0) where batch_id = ${batchId} and cursor < ${row.seq}`
        : sql`update batch_dispatch set holes = holes + 1 where batch_id = ${batchId} and cursor < ${row.seq ?? 0}`,
    );
    const { rows: parents } = await db.query<TrackedParent>(
      sql`with tally as (select 0 as completed, 0 as failed, 1 as cancelled)
       update batch b set ${SETTLE}, prefetch_ended = b.prefetch_ended + ${row.prefetched ? 1 : 0}::int from tally where b.id = ${batchId}
       returning b.id, b.organization_id as "organizationId", b.correlation_id as "correlationId"`,
    );
    tx.afterCommit(async () => trackClosed(parents[0], { cancelled: 1 }));
  }
  if (flowId) await settleNode(tx, flowId, parentId);
  tx.afterCommit(() =>
    publishChanges({
      jobs: [{ jobId, batchId, flowId, status: 'cancelled' }],
      batches: batchId ? [batchId] : [],
      done: batchId ? [batchId] : [],
    }),
  );
  // A round of the supervisors also removes the delivery of an external job, which no consumer of ours would drop.
  tx.afterCommit(() => publish('control', { dispatch: batchId ? [batchId] : [], startQueued: true }));
  return 'done';
}
