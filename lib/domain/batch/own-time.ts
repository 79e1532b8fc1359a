import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/** The place of a child that has a time of its own and isn't in line yet: behind every number that is given. */
export const SEQ_NOT_IN_LINE = 2_147_483_647;

/** The place of a child that nobody hands over: it was delivered before it joined. */
export const SEQ_ELSEWHERE = 0;

/** Notes a child whose time has not come. The caller holds the lock of the dispatch row. */
export async function waitForOwnTime(db: Queryable, batchId: string, itemIndex: number, due: Date): Promise<void> {
  await db.query(
    sql`update batch_dispatch set delayed = delayed + 1, next_due = least(next_due, ${due}), reach = greatest(reach, ${itemIndex})
     where batch_id = ${batchId}`,
  );
  await db.query(
    sql`update batch set wakes_at = least(wakes_at, ${due}) where id = ${batchId} and slot_freed and not paused and queued_at is null`,
  );
}

/** Notes a child whose message is not sent yet. The caller holds the lock of the dispatch row. */
export async function hold(db: Queryable, batchId: string, itemIndex: number): Promise<void> {
  await db.query(
    sql`update batch_dispatch set delayed = delayed + 1, loose = true, reach = greatest(reach, ${itemIndex}) where batch_id = ${batchId}`,
  );
}

/**
 * Puts the children in line whose own time has come, and counts again what still waits for its time. The caller
 * holds the lock of the dispatch row. @returns the last number in line
 */
export async function promoteDue(db: Queryable, batchId: string): Promise<{ lastSeq: number; delayed: number }> {
  const { rows } = await db.query<{ last_seq: number; delayed: number }>(
    sql`with waiting as (
       select id, run_at, row_number() over (order by run_at, item_index) as place from job
       where batch_id = ${batchId} and seq = ${sql.literal(SEQ_NOT_IN_LINE)} and outcome is null
     ), promoted as (
       update job j set status = 'pending', run_at = null, seq = d.last_seq + w.place
       from waiting w, batch_dispatch d
       where j.id = w.id and d.batch_id = ${batchId} and w.run_at <= now() and j.status in ('pending', 'delayed')
       returning 1
     ), rest as (select count(*)::int as count, min(run_at) as first from waiting where run_at is null or run_at > now())
     update batch_dispatch d set last_seq = d.last_seq + (select count(*)::int from promoted), delayed = rest.count,
       next_due = rest.first
     from rest where d.batch_id = ${batchId} returning d.last_seq, d.delayed`,
  );
  return { lastSeq: rows[0]?.last_seq ?? 0, delayed: rows[0]?.delayed ?? 0 };
}
