import { stringifyJson } from '@/lib/contracts/json';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { RECORD_CLOSED } from '@/lib/domain/history/record-history';
import { type TrackedParent, trackClosed } from '@/lib/domain/monitoring/track';
import { forgetKeys, indexJobs } from '@/lib/domain/query/search-keys';
import { publish, publishChanges } from '@/lib/events/relay';
import { QUEUE_IF_SUSPENDED } from './batch-slot';
import { SEQ_UNASSIGNED } from './delayed-children';
import { lockDispatch } from './lock-dispatch';
import { SETTLE } from './settle';

/**
 * Sends the message of a held child: it joins the dispatch order and is delivered like any other. Idempotent.
 * @returns false if it was sent before, has started, or was interrupted
 * @throws DomainError `not-found`
 */
export async function sendChild(context: Context, jobId: string, data: unknown): Promise<boolean> {
  requirePermission(context, 'batch.change');
  if (!isId(jobId)) throw notFound('job', jobId);
  const { rows } = await pool().query<{ batch_id: string | null }>(
    sql`select batch_id from job where id = ${jobId} and organization_id = ${context.organizationId}`,
  );
  const batchId = rows[0]?.batch_id;
  if (!rows[0]) throw notFound('job', jobId);
  if (!batchId) throw new DomainError('not-found', 'This job is no child of a root job.');
  return transaction(async (tx) => {
    await lockDispatch(tx.db, batchId);
    await tx.db.query(forgetKeys(sql`j.id = ${jobId}::uuid`));
    const { rowCount } = await tx.db.query(
      sql`update job j set seq = d.last_seq + 1, data = ${stringifyJson(data)} from batch_dispatch d
       where j.id = ${jobId} and d.batch_id = ${batchId} and j.seq = ${sql.literal(SEQ_UNASSIGNED)} and j.status = 'pending'`,
    );
    await indexJobs(tx.db, sql`j.id = ${jobId}::uuid`);
    if (!rowCount) return false;
    await tx.db.query(
      sql`update batch_dispatch set last_seq = last_seq + 1, delayed = greatest(delayed - 1, 0) where batch_id = ${batchId}`,
    );
    await tx.db.query(sql`update batch set ${QUEUE_IF_SUSPENDED} where id = ${batchId} and slot_freed`);
    tx.afterCommit(() => publish('control', { dispatch: [batchId], startQueued: true }));
    return true;
  });
}

/**
 * Fails held children of sealed root jobs that were neither sent nor run within the root's `seal_after`. Otherwise the
 * root would never finish and would keep its unique name.
 * @returns how many children failed
 */
export async function failUnsent(): Promise<number> {
  const { rows } = await pool().query<{ id: string }>(
    sql`select distinct b.id from batch b join job j on j.batch_id = b.id and j.seq = ${sql.literal(SEQ_UNASSIGNED)}
       and j.outcome is null and j.status = 'pending'
     where b.type = 'callback' and b.finished_at is null and b.sealed
       and j.created_at < now() - make_interval(secs => coalesce(b.seal_after, 3600)) limit 100`,
  );
  let failed = 0;
  for (const { id } of rows) failed += await failHeld(id);
  return failed;
}

const NEVER_SENT = stringifyJson({ message: 'Its message was never sent, and nobody ran it.', code: 'never-sent' });

const failHeld = (batchId: string): Promise<number> =>
  transaction(async (tx) => {
    await lockDispatch(tx.db, batchId);
    const { rows } = await tx.db.query<{ failed: number; parent: TrackedParent | null }>(
      sql`with closed as (
         update job set status = 'failed', finished_at = clock_timestamp(), error = ${NEVER_SENT}::json
         where batch_id = ${batchId} and seq = ${sql.literal(SEQ_UNASSIGNED)} and outcome is null and status = 'pending'
         returning organization_id, type, status
       ), history as (${RECORD_CLOSED}), tally as (select 0 as completed, count(*)::int as failed, 0 as cancelled from closed),
       counted as (update batch b set ${SETTLE} from tally where b.id = ${batchId}
         returning b.id, b.organization_id as "organizationId", b.correlation_id as "correlationId")
       select failed, (select to_json(counted) from counted) as parent from tally`,
    );
    tx.afterCommit(() => publishChanges({ batches: [batchId], done: [batchId], capacity: true }));
    const { failed = 0, parent } = rows[0] ?? {};
    if (failed > 0) tx.afterCommit(async () => trackClosed(parent ?? undefined, { failed }));
    return failed;
  });
