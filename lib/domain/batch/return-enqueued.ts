import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { EXTERNAL_TYPES } from '@/lib/job-types/catalogue';
import { SEQ_UNASSIGNED } from './delayed-children';

/**
 * Puts the enqueued rows of a batch back into the dispatch order, at its end: they are dispatched again under its new
 * options. Rows that wait for their backoff join the order when they are due. Claims refuse the deliveries that the queue
 * still has, which needs `batch.checks_order`. The caller holds the lock of the dispatch row.
 *
 * What stays enqueued: suspects, which run alone, and rows that a consumer or another BullMQ client has.
 */
export async function returnEnqueued(db: Queryable, batchId: string): Promise<void> {
  await db.query(
    sql`with chosen as (
       select j.id, j.status,
         row_number() over (partition by j.status order by coalesce(j.seq, j.item_index + 1)) as place
       from job j join batch_dispatch d on d.batch_id = j.batch_id
       where j.batch_id = ${batchId} and j.outcome is null and j.item_index <= d.reach and j.status in ('pending', 'delayed')
         and j.consumer_id is null and not j.quarantined and coalesce(j.seq, j.item_index + 1) between 1 and d.cursor
         and j.type <> all(${EXTERNAL_TYPES}::text[]) and not exists (select from adopted a where a.job_id = j.id)
     ), back as (
       update job j set delivery = greatest(j.attempt, j.delivery + 1),
         seq = case when c.status = 'pending' then d.last_seq + c.place else ${sql.literal(SEQ_UNASSIGNED)} end
       from chosen c, batch_dispatch d
       where j.id = c.id and d.batch_id = ${batchId} and j.status = c.status and j.consumer_id is null
       returning j.status, j.run_at, c.place
     ), tally as (
       select count(*) filter (where status = 'pending')::int as rows, count(*) filter (where status = 'delayed')::int as delayed,
         coalesce(max(place) filter (where status = 'pending'), 0)::int as last,
         min(run_at) filter (where status = 'delayed') as due
       from back
     )
     update batch_dispatch d set last_seq = d.last_seq + tally.last, holes = d.holes + tally.last - tally.rows,
       delayed = d.delayed + tally.delayed, next_due = least(d.next_due, tally.due)
     from tally where d.batch_id = ${batchId}`,
  );
}
