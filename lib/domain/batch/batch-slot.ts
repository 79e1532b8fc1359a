import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { HOLDS_SLOT } from '@/lib/domain/capacity/slots';
import { takeSlot } from '@/lib/domain/capacity/take-slot';
import { TYPES_WITHOUT_WORKER } from '@/lib/domain/worker/live-nodes';
import { publish, publishChanges } from '@/lib/events/relay';
import { SEQ_UNASSIGNED } from './delayed-children';

/** A batch keeps its slot if a child is due within this time. */
export const SOON_SECONDS = 5;
/** A batch requests a slot this long before its next child is due, so that the child starts on time. */
const EARLY_SECONDS = 1.5;
/** The dispatcher visits each batch once a second. Rows that it has not enqueued after this time can't be enqueued. */
const DISPATCHED_SECONDS = 3;
/** Whether the window is full is only an estimate here, so it is checked again after this time. */
const FULL_SECONDS = 60;
/** An unsealed batch without work keeps its slot for this long after its last activity. */
const UNFED_SECONDS = 10;

const LATER = sql`now() + make_interval(secs => ${sql.literal(SOON_SECONDS)})`;
const IN_LINE = sql`j.seq is distinct from ${sql.literal(SEQ_UNASSIGNED)}`;
const OPEN_ROW = sql`j.batch_id = b.id and j.outcome is null and j.item_index <= d.reach`;

/** SQL condition: children in backoff fill the window, so no other row can be enqueued. */
const WINDOW_FULL = sql`(f.parked is not null and (d.next_slot is null or d.next_slot < now())
  and coalesce(b.rate_at, b.started_at) < now() - make_interval(secs => ${sql.literal(DISPATCHED_SECONDS)}))`;

/**
 * Returns a query for idle batches: no job runs or is due soon. `wakes_at` is when the next one is due.
 * @param which an SQL condition on `batch b`
 * @param full an SQL condition: whether waiting rows can't be enqueued
 */
const resting = (which: Sql, full: Sql): Sql => sql`
  select b.id, w.wakes_at from batch b
    join batch_dispatch d on d.batch_id = b.id
    cross join lateral (select d.last_seq - d.cursor - d.holes > 0 as waiting, coalesce(b.not_before > ${LATER}, false) as later) s
    cross join lateral (select min(j.run_at) as parked from job j where ${OPEN_ROW} and ${IN_LINE}) f
    cross join lateral (select least(case when s.waiting and s.later then b.not_before end, f.parked, d.next_due,
      case when s.waiting and not s.later then now() + make_interval(secs => ${sql.literal(FULL_SECONDS)}) end) as wakes_at) w
  where ${which} and b.cancel_mode is null
    and not exists (select from job j where ${OPEN_ROW} and (j.status = 'active'
      or (j.status = 'pending' and ${IN_LINE} and coalesce(j.seq, j.item_index + 1) <= d.cursor)
      or (j.status = 'delayed' and j.run_at <= ${LATER})))
    and (d.next_due is null or d.next_due > ${LATER})
    and (not s.waiting or s.later or ${full})
    and (w.wakes_at is not null
      or greatest(b.started_at, b.rate_at, b.seals_at - make_interval(secs => b.seal_after))
        < now() - make_interval(secs => ${sql.literal(UNFED_SECONDS)}))`;

/**
 * Frees the slots of running batches in which no job can run for a while: all open children wait for their backoff,
 * their own start time, `delaySeconds` or further items.
 * @returns the ids of the batches whose slots were freed
 */
export async function freeIdleSlots(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(sql`select id from (${resting(HOLDS_SLOT, WINDOW_FULL)}) r`);
  const freed: string[] = [];
  for (const { id } of rows) if (await transaction((tx) => freeSlot(tx, id))) freed.push(id);
  return [...freed, ...(await transaction(freeWithoutWorker))];
}

/**
 * Frees the slots of batches whose type no machine takes work of, so that they block nobody. They keep their place among
 * the batches that wait for a slot, and get one as soon as a worker has the type again. What runs of them completes.
 */
async function freeWithoutWorker(tx: Transaction): Promise<string[]> {
  const { rows } = await tx.db.query<{ id: string }>(
    sql`with held as (
       select b.id from batch b join batch_dispatch d on d.batch_id = b.id
       where ${HOLDS_SLOT} and b.cancel_mode is null and b.type = any(${TYPES_WITHOUT_WORKER})
       order by b.id for update of d, b skip locked
     )
     update batch b set slot_freed = true, queued_at = now(), wakes_at = null from held where b.id = held.id returning b.id`,
  );
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) tx.afterCommit(() => publishChanges({ batches: ids, capacity: true }));
  return ids;
}

/** Checks the condition again under the lock of the dispatch row: no row can join the batch during the lock. */
async function freeSlot(tx: Transaction, batchId: string): Promise<boolean> {
  const { rowCount: mine } = await tx.db.query(
    sql`select 1 from batch_dispatch where batch_id = ${batchId} for update skip locked`,
  );
  if (!mine) return false;
  const { rowCount } = await tx.db.query(
    sql`update batch b set slot_freed = true, slot_at = null, wakes_at = r.wakes_at
     from (${resting(sql`b.id = ${batchId}`, WINDOW_FULL)}) r where b.id = r.id and ${HOLDS_SLOT} and b.cancel_mode is null`,
  );
  if (!rowCount) return false;
  tx.afterCommit(() => publishChanges({ batches: [batchId], capacity: true }));
  return true;
}

/** Queues batches without a slot whose next child is due. Their waiting time counts from when it was due. */
export async function queueDueBatches(db: Queryable): Promise<void> {
  await db.query(
    sql`update batch b set queued_at = least(coalesce(b.wakes_at, now()), now()), wakes_at = null
     where b.slot_freed and b.queued_at is null and not b.paused and b.cancel_mode is null
       and (b.wakes_at <= now() + make_interval(secs => ${EARLY_SECONDS}) or (b.wakes_at is null and exists (
         select from batch_dispatch d where d.batch_id = b.id and d.last_seq - d.cursor - d.holes > 0)))`,
  );
}

/**
 * Assigns a slot to a batch in progress that has none. The transaction must hold the slots' lock. The dispatcher then
 * repeats the deliveries that were refused without a slot.
 * @returns false if the dispatch row is locked, or the batch has a slot, is paused or is being cancelled
 */
export async function assignSlot(tx: Transaction, batchId: string): Promise<boolean> {
  const { rowCount: mine } = await tx.db.query(
    sql`select 1 from batch_dispatch where batch_id = ${batchId} for update skip locked`,
  );
  if (!mine) return false;
  const { rowCount } = await tx.db.query(
    sql`update batch b set slot_freed = false, slot_at = now(), queued_at = null, wakes_at = null, rate_at = now(), rate_count = 0
     where b.id = ${batchId} and b.slot_freed and not b.paused and b.cancel_mode is null`,
  );
  if (!rowCount) return false;
  await tx.db.query(sql`update batch_dispatch set recall = true where batch_id = ${batchId}`);
  tx.afterCommit(() =>
    Promise.all([publish('control', { dispatch: [batchId] }), publishChanges({ batches: [batchId], capacity: true })]),
  );
  return true;
}

/**
 * Requests a slot for a batch in progress that has work now or later. Without a slot it gets one, is queued for one, or
 * stays idle until a child is due. The caller holds the slots' lock and the lock of the dispatch row.
 */
export async function requestSlot(tx: Transaction, batchId: string): Promise<void> {
  hintWork(tx, batchId);
  const { rowCount: later } = await tx.db.query(
    sql`update batch b set wakes_at = r.wakes_at, queued_at = null
     from (${resting(sql`b.id = ${batchId}`, sql`false`)}) r where b.id = r.id and b.slot_freed and not b.paused and r.wakes_at is not null`,
  );
  if (later) return;
  const { rows } = await tx.db.query<{ organization_id: string; has_worker: boolean }>(
    sql`update batch set queued_at = coalesce(queued_at, now()), wakes_at = null
     where id = ${batchId} and slot_freed and not paused and cancel_mode is null
     returning organization_id, type <> all (${TYPES_WITHOUT_WORKER}) as has_worker`,
  );
  const without = rows[0];
  if (!without?.has_worker) return;
  // The dispatcher follows at once and lets others yield a slot where that is fair.
  const taken = await takeSlot(tx, without.organization_id, { yielding: false });
  if (taken === 'taken') await assignSlot(tx, batchId);
}

/** The same without the slots' lock: a batch without a slot is queued for one, and the dispatcher assigns it. */
export async function queueForSlot(tx: Transaction, batchId: string): Promise<void> {
  hintWork(tx, batchId);
  await tx.db.query(
    sql`update batch set ${QUEUE_IF_SUSPENDED} where id = ${batchId} and slot_freed and not paused and cancel_mode is null`,
  );
}

const hintWork = (tx: Transaction, batchId: string): void =>
  tx.afterCommit(() =>
    Promise.all([
      publish('control', { dispatch: [batchId], startQueued: true }),
      publishChanges({ batches: [batchId] }),
    ]),
  );

/** SET clause for a `batch` that received work: if it has no slot, it is queued for one. */
export const QUEUE_IF_SUSPENDED = sql`queued_at = case when slot_freed and not paused then coalesce(queued_at, now()) else queued_at end,
  wakes_at = case when slot_freed and not paused then null else wakes_at end`;
