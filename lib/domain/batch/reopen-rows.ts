import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { END_RUN } from '@/lib/domain/job/end-run';
import { lockDispatch } from './lock-dispatch';

/**
 * Reopens finished children as a new run, at the end of the dispatch order. Attempts made start again at 0. The fencing
 * token `attempt` is kept, so that outcomes of stale attempts change nothing.
 * @param which an SQL condition on `job`
 * @returns how many rows were reopened, by their previous status
 */
export async function reopenRows(
  db: Queryable,
  batchId: string,
  which: Sql,
): Promise<{ failed: number; cancelled: number }> {
  await lockDispatch(db, batchId);
  const { rows } = await db.query<{ failed: number; cancelled: number }>(
    sql`with chosen as (
       select id, status, warnings is not null as warned, row_number() over (order by item_index) as place from job
       where batch_id = ${batchId} and outcome in ('failed', 'cancelled') and ${which}
     ), reopened as (
       update job j set status = 'pending', seq = d.last_seq + chosen.place, attempts_made = 0, crashes = 0,
         quarantined = false, cancel_mode = null, consumer_id = null, run_at = null, started_at = null,
         finished_at = null, error = null, result = null, warnings = null, progress = null,
         delivery = greatest(j.attempt, j.delivery + 1)
       from chosen, batch_dispatch d
       where j.id = chosen.id and j.status = chosen.status and d.batch_id = ${batchId}
       returning j.id, chosen.status, chosen.warned, chosen.place
     ), runs as (${END_RUN}
     ), tally as (
       select count(*) filter (where status = 'failed')::int as failed,
         count(*) filter (where status = 'cancelled')::int as cancelled,
         count(*) filter (where warned)::int as warned, coalesce(max(place), 0)::int as last
       from reopened
     ), counted as (
       update batch b set failed = b.failed - tally.failed, cancelled = b.cancelled - tally.cancelled,
         warned = b.warned - tally.warned
       from tally where b.id = ${batchId}
     ), lined as (
       update batch_dispatch d set last_seq = d.last_seq + tally.last,
         holes = d.holes + tally.last - tally.failed - tally.cancelled
       from tally where d.batch_id = ${batchId}
     )
     select failed, cancelled from tally`,
  );
  return rows[0] ?? { failed: 0, cancelled: 0 };
}
