import type { RepairDto } from '@/lib/contracts/doctor';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import { lockDispatch } from '@/lib/domain/batch/lock-dispatch';
import { SETTLE } from '@/lib/domain/batch/settle';
import { type Context, requirePermission } from '@/lib/domain/context';
import { NODE_LOST_SECONDS } from '@/lib/domain/worker/live-nodes';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { hintChanges, hintControl } from '@/lib/events/relay';
import { listPaused, resumeQueue } from '@/lib/queue/inspect';
import { diagnoseBatch, findLost } from './diagnose-batch';
import { queuesOf } from './paused-queues';

/**
 * Repairs a batch from its rows: recounts it, finishes or reopens it, requeues the rows of dead processes, delivers
 * lost rows again, and resumes queues that another client paused. Safe at any time, also for a healthy batch.
 * @throws DomainError `not-found`, `forbidden`
 */
export async function repairBatch(context: Context, batchId: string): Promise<RepairDto> {
  requirePermission(context, 'batch.repair', 'repair a batch');
  await loadBatch(context, batchId);
  const recounted = await retrying(() => transaction((tx) => recount(tx, context, batchId)));
  let released = 0;
  for (const id of await findDeadHolders(batchId))
    released += (await releaseConsumer(id, 'stopped', 'lost')).requeued.length;
  const { holdsSlot } = await loadBatch(context, batchId);
  const lost = holdsSlot ? await findLost(batchId) : [];
  const redelivered = await redeliver(lost);
  const resumed = await listPaused(await queuesOf(batchId));
  for (const queue of resumed) await resumeQueue(queue);
  await Promise.all([
    hintControl({ dispatch: [batchId], startQueued: true }),
    hintChanges({ batches: [batchId], done: [batchId], capacity: true }),
  ]);
  const { findings } = await diagnoseBatch(context, batchId);
  return { batchId, recounted, redelivered, released, resumed, remaining: findings };
}

async function recount({ db }: Transaction, context: Context, batchId: string): Promise<boolean> {
  // The lock order is rows first, then the batch. So no open row can end between the count and the correction.
  await lockDispatch(db, batchId);
  await db.query(sql`select 1 from job where batch_id = ${batchId} and outcome is null for update`);
  const { rowCount } = await db.query(
    sql`with counted as (
       select count(*)::int as total, count(*) filter (where outcome = 'completed')::int as completed,
         count(*) filter (where outcome = 'failed')::int as failed,
         count(*) filter (where outcome = 'cancelled')::int as cancelled,
         count(*) filter (where outcome is not null and warnings is not null)::int as warned,
         sum(cost_tokens)::bigint as cost_tokens, sum(cost_usd) as cost_usd
       from job where batch_id = ${batchId})
     update batch b set total = c.total, completed = c.completed, failed = c.failed, cancelled = c.cancelled,
       warned = c.warned, cost_tokens = c.cost_tokens, cost_usd = c.cost_usd,
       status = case when b.finished_at is not null and c.completed + c.failed + c.cancelled < c.total
         then 'in-progress' else b.status end,
       -- the batch continues as soon as a slot is free
       slot_freed = b.slot_freed or (b.finished_at is not null and c.completed + c.failed + c.cancelled < c.total),
       queued_at = case when b.finished_at is not null and c.completed + c.failed + c.cancelled < c.total
         then coalesce(b.queued_at, now()) else b.queued_at end,
       finished_at = case when c.completed + c.failed + c.cancelled < c.total then null else b.finished_at end
     from counted c where b.id = ${batchId}
       and ((b.total, b.completed, b.failed, b.cancelled, b.warned, b.cost_tokens, b.cost_usd) is distinct from
           (c.total, c.completed, c.failed, c.cancelled, c.warned, c.cost_tokens, c.cost_usd)
         or (b.finished_at is not null and c.completed + c.failed + c.cancelled < c.total))`,
  );
  // A tally of zeros settles the batch if its counters are complete.
  await db.query(
    sql`with tally as (select 0 as completed, 0 as failed, 0 as cancelled)
     update batch b set ${SETTLE} from tally where b.id = ${batchId} and b.finished_at is null`,
  );
  const recounted = (rowCount ?? 0) > 0;
  await audit(db, context, 'batch.repair', { kind: 'batch', id: batchId }, { after: { recounted } });
  return recounted;
}

async function findDeadHolders(batchId: string): Promise<number[]> {
  const { rows } = await pool().query<{ id: number }>(
    sql`select distinct j.consumer_id as id from job j
       left join consumer c on c.id = j.consumer_id left join node n on n.id = c.node_id
     where j.batch_id = ${batchId} and j.outcome is null and j.status = 'active' and j.consumer_id is not null
       and (c.id is null or c.ended_at is not null or n.last_seen_at < now() - make_interval(secs => ${NODE_LOST_SECONDS}))`,
  );
  return rows.map(({ id }) => id);
}
