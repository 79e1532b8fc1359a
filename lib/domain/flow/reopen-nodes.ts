import type { JobChange } from '@/lib/contracts/events';
import type { JobStatus } from '@/lib/contracts/status';
import { type Sql, sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';
import { RECORD_REOPENED } from '@/lib/domain/history/record-history';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { END_RUN } from '@/lib/domain/job/end-run';
import { publishChanges } from '@/lib/events/relay';
import { retryExternally } from '@/lib/interop/retry-external';
import { lockFlows, settleNodes } from './settle-nodes';

/** Nodes that are enqueued at once. */
const WINDOW = 1000;

/**
 * Reopens ended nodes of a flow as a new run: a node with children waits again for those of them that run again, and the
 * flow is open until all have ended.
 * @param which an SQL condition on `job j`
 * @returns how many run again
 * @throws DomainError `not-retryable` while the flow is being cancelled
 */
export async function reopenNodes(tx: Transaction, flowId: string, which: Sql): Promise<number> {
  const { db } = tx;
  await requireReopenable(tx, flowId);
  const { rows } = await db.query<{ id: string; status: JobStatus }>(
    sql`with ended as (select j.id, j.status, n.child_count from job j join flow_node n on n.job_id = j.id
       where j.flow_id = ${flowId} and j.outcome in ('failed', 'cancelled') and ${which} for update of j),
     reopened as (update job j set status = case when n.child_count > 0 then 'waiting-children' else 'pending' end,
       attempts_made = 0, crashes = 0, quarantined = false, cancel_mode = null, consumer_id = null, run_at = null,
       waiting_since = clock_timestamp(), started_at = null, finished_at = null, error = null, result = null, warnings = null, progress = null, discarded_at = null, discard_note = null,
       delivery = greatest(j.attempt, j.delivery + 1)
     from ended n where j.id = n.id
     returning j.id, j.status, j.organization_id, j.type, n.status as was), runs as (${END_RUN}), history as (${RECORD_REOPENED})
     select id, status from reopened`,
  );
  if (rows.length === 0) return 0;
  await retryExternally(tx, sql`j.flow_id = ${flowId}`);
  await db.query(
    sql`update flow set status = 'pending', finished_at = null, cancel_mode = null, counts = null where id = ${flowId}`,
  );
  // Some of them may have no child that runs again.
  const settled = await settleNodes(
    db,
    rows.filter((r) => r.status === 'waiting-children').map((r) => r.id),
  );
  const leaves = rows.filter((r) => r.status === 'pending').map((r) => r.id);
  const deliver = [...leaves, ...settled.deliver];
  tx.afterCommit(async () => {
    for (let at = 0; at < deliver.length; at += WINDOW) await deliverJobs(deliver.slice(at, at + WINDOW));
  });
  const reopened = rows.map(({ id, status }): JobChange => ({ jobId: id, batchId: null, flowId, status }));
  tx.afterCommit(() => publishChanges({ jobs: [...reopened, ...settled.changes].slice(0, 200), flows: [flowId] }));
  return rows.length;
}

async function requireReopenable({ db }: Transaction, flowId: string): Promise<void> {
  await lockFlows(db, [flowId]);
  const { rows } = await db.query<{ cancelling: boolean }>(
    sql`select cancel_mode is not null and finished_at is null as cancelling from flow where id = ${flowId}`,
  );
  if (rows[0]?.cancelling) {
    throw new DomainError('not-retryable', 'This flow is being cancelled; retry when its running nodes have ended.');
  }
}
