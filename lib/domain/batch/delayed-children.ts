import { must } from '@/lib/contracts/must';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/** The sequence number of a child that is not in the dispatch order yet: greater than every number that is assigned. */
export const SEQ_UNASSIGNED = 2_147_483_647;

/** The sequence number of a child that was delivered before it joined its batch: the dispatcher never enqueues it. */
export const SEQ_ALREADY_DELIVERED = 0;

/** Counts a child whose own start time is in the future. The caller holds the lock of the dispatch row. */
export async function delayChild(db: Queryable, batchId: string, itemIndex: number, due: Date): Promise<void> {
  await db.query(
    sql`update batch_dispatch set delayed = delayed + 1, next_due = least(next_due, ${due}),
       reach = greatest(reach, ${itemIndex})
     where batch_id = ${batchId}`,
  );
  await db.query(
    sql`update batch set wakes_at = least(wakes_at, ${due})
     where id = ${batchId} and slot_freed and not paused and queued_at is null`,
  );
}

/** Counts a child whose message was not sent yet. The caller holds the lock of the dispatch row. */
export async function holdChild(db: Queryable, batchId: string, itemIndex: number): Promise<void> {
  await db.query(
    sql`update batch_dispatch set delayed = delayed + 1, loose = true, reach = greatest(reach, ${itemIndex})
     where batch_id = ${batchId}`,
  );
}

/**
 * Appends the children whose own start time has passed to the dispatch order, and counts those that still wait for
 * theirs. The caller holds the lock of the dispatch row.
 * @returns the last assigned sequence number, and how many children still wait
 */
export async function promoteDue(db: Queryable, batchId: string): Promise<{ lastSeq: number; delayed: number }> {
  const { rows } = await db.query<{ last_seq: number; delayed: number }>(
    sql`with waiting as (
       select id, run_at, row_number() over (order by run_at, item_index) as place from job
       where batch_id = ${batchId} and seq = ${sql.literal(SEQ_UNASSIGNED)} and outcome is null
     ), promoted as (
       update job j set status = 'pending', run_at = null, waiting_since = j.run_at, seq = d.last_seq + w.place
       from waiting w, batch_dispatch d
       where j.id = w.id and d.batch_id = ${batchId} and w.run_at <= now() and j.status in ('pending', 'delayed')
       returning 1
     ), rest as (select count(*)::int as count, min(run_at) as first from waiting where run_at is null or run_at > now())
     update batch_dispatch d set last_seq = d.last_seq + (select count(*)::int from promoted), delayed = rest.count,
       next_due = rest.first
     from rest where d.batch_id = ${batchId} returning d.last_seq, d.delayed`,
  );
  const { last_seq: lastSeq, delayed } = must(rows[0], 'The dispatch row of a batch');
  return { lastSeq, delayed };
}
