import type { JobChange } from '@/lib/contracts/events';
import type { JobStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { SEQ_UNASSIGNED } from '@/lib/domain/batch/delayed-children';
import { lockDispatch } from '@/lib/domain/batch/lock-dispatch';
import { IS_PREFETCHED } from '@/lib/domain/batch/prefetched';
import { SETTLE } from '@/lib/domain/batch/settle';
import { lockFlows, settleParents } from '@/lib/domain/flow/settle-nodes';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { type TrackedParent, trackClosed } from '@/lib/domain/monitoring/track';
import { publish, publishChanges } from '@/lib/events/relay';

/** Jobs to cancel that have the same batch, the same flow, or neither. */
export interface JobsToCancel {
  ids: readonly string[];
  batchId: string | null;
  flowId: string | null;
}

interface CancelOptions {
  mode: 'force' | 'graceful';
  /** their consumers can't start them any more */
  closePrefetched: boolean;
}

/** What a cancel did with each job: a job that is in none of the lists is gone. */
export interface Cancelled {
  /** they waited, and never start */
  closed: string[];
  /** they run, and were asked to stop */
  asked: string[];
  /** they had ended before */
  ended: { id: string; status: JobStatus }[];
}

interface OpenRow {
  id: string;
  status: JobStatus;
  seq: number | null;
  parent_job_id: string | null;
  prefetched: boolean;
}

/** Changes of single jobs that are published at once. */
const MOST_CHANGES = 200;

/**
 * Cancels jobs in one transaction: waiting ones are closed and counted, running ones are asked to stop.
 * @returns `prefetched` if a consumer may start one of them just now; then nothing was changed
 */
export async function cancelTogether(
  tx: Transaction,
  { ids, batchId, flowId }: JobsToCancel,
  { mode, closePrefetched }: CancelOptions,
): Promise<Cancelled | 'prefetched'> {
  const { db } = tx;
  if (batchId) await lockDispatch(db, batchId);
  if (flowId) await lockFlows(db, [flowId]);
  const { rows } = await db.query<OpenRow>(
    sql`select j.id, j.status, coalesce(j.seq, j.item_index + 1) as seq, j.parent_job_id, ${IS_PREFETCHED} as prefetched
     from job j where j.id = any(${ids}::uuid[]) and j.batch_id is not distinct from ${batchId}::uuid
       and j.flow_id is not distinct from ${flowId}::uuid order by j.id for update`,
  );
  if (!closePrefetched && rows.some(({ prefetched }) => prefetched)) return 'prefetched';
  const running = rows.filter(({ status }) => status === 'active');
  const waiting = rows.filter(({ status }) => WAITING.includes(status));
  const ended = rows.filter(({ status }) => status !== 'active' && !WAITING.includes(status));
  const idsOf = (some: OpenRow[]): string[] => some.map(({ id }) => id);
  if (running.length > 0) {
    const jobIds = idsOf(running);
    await db.query(
      sql`update job set cancel_mode = case when cancel_mode = 'force' then 'force' else ${mode} end where id = any(${jobIds}::uuid[])`,
    );
    tx.afterCommit(() => publish('control', { abort: { jobIds, batchIds: [], force: mode === 'force' } }));
  }
  if (waiting.length > 0) {
    await db.query(
      sql`with closed as (update job set status = 'cancelled', finished_at = clock_timestamp(), run_at = null, consumer_id = null,
         cancel_mode = ${mode} where id = any(${idsOf(waiting)}::uuid[]) returning organization_id, type, status) ${RECORD_CLOSED}`,
    );
    if (batchId) await countClosed(tx, batchId, waiting);
    if (flowId) {
      await settleParents(tx, flowId, [...new Set(waiting.flatMap((row) => row.parent_job_id ?? []))]);
    }
    // A round of the supervisors also removes the delivery of an external job, which no consumer of ours would drop.
    tx.afterCommit(() => publish('control', { dispatch: batchId ? [batchId] : [], startQueued: true }));
  }
  const changed = (some: OpenRow[], status: JobStatus) =>
    some.map(({ id }): JobChange => ({ jobId: id, batchId, flowId, status }));
  const jobs = [...changed(waiting, 'cancelled'), ...changed(running, 'active')].slice(0, MOST_CHANGES);
  const batches = batchId && waiting.length > 0 ? [batchId] : [];
  if (jobs.length > 0) tx.afterCommit(() => publishChanges({ jobs, batches, done: batches }));
  return { closed: idsOf(waiting), asked: idsOf(running), ended: ended.map(({ id, status }) => ({ id, status })) };
}

const WAITING: readonly JobStatus[] = ['pending', 'delayed', 'waiting-children'];

/** Counts children that were closed before they ran, and their places in the dispatch order. */
async function countClosed(tx: Transaction, batchId: string, closed: OpenRow[]): Promise<void> {
  const unassigned = closed.filter(({ seq }) => seq === SEQ_UNASSIGNED).length;
  const places = closed.flatMap(({ seq }) => (seq === null || seq === SEQ_UNASSIGNED ? [] : [seq]));
  await tx.db.query(
    sql`update batch_dispatch d set delayed = greatest(d.delayed - ${unassigned}::int, 0),
       holes = d.holes + (select count(*)::int from unnest(${places}::int[]) as p(seq) where p.seq > d.cursor)
     where d.batch_id = ${batchId}`,
  );
  const prefetched = closed.filter((row) => row.prefetched).length;
  const { rows: parents } = await tx.db.query<TrackedParent>(
    sql`with tally as (select 0 as completed, 0 as failed, ${closed.length}::int as cancelled)
     update batch b set ${SETTLE}, prefetch_ended = b.prefetch_ended + ${prefetched}::int from tally where b.id = ${batchId}
     returning b.id, b.organization_id as "organizationId", b.correlation_id as "correlationId"`,
  );
  tx.afterCommit(async () => trackClosed(parents[0], { cancelled: closed.length }));
}
