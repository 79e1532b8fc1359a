import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { RECORD_REOPENED } from '@/lib/domain/history/record-history';
import { END_RUN } from '@/lib/domain/job/end-run';
import { lockDispatch } from './lock-dispatch';

interface Reopened {
  failed: number;
  cancelled: number;
  /** rows that were chosen, and the highest item index among them; null if there was none */
  chosen: number;
  last: number | null;
}

/**
 * Reopens finished children as a new run, at the end of the dispatch order. Attempts made start again at 0. The fencing
 * token `attempt` is kept, so that outcomes of stale attempts change nothing.
 * @param which an SQL condition on `job`
 * @param limit rows at most, in item order
 * @returns how many rows were reopened, by their previous status
 */
export async function reopenRows(
  db: Queryable,
  batchId: string,
  which: Sql,
  limit = Number.POSITIVE_INFINITY,
): Promise<Reopened> {
  await lockDispatch(db, batchId);
  await skipEnded(db, batchId);
  const most = Number.isFinite(limit) ? sql`limit ${limit}` : sql``;
  const { rows } = await db.query<Reopened>(
    sql`with chosen as (
       select c.*, row_number() over (order by c.item_index) as place from (
         select id, status, item_index, warnings is not null as warned from job
         where batch_id = ${batchId} and outcome in ('failed', 'cancelled') and ${which}
         order by item_index ${most}) c
     ), reopened as (
       update job j set status = 'pending', seq = d.last_seq + chosen.place, attempts_made = 0, crashes = 0,
         quarantined = false, cancel_mode = null, consumer_id = null, run_at = null, waiting_since = clock_timestamp(), started_at = null,
         finished_at = null, error = null, result = null, warnings = null, progress = null, discarded_at = null, discard_note = null,
         delivery = greatest(j.attempt, j.delivery + 1)
       from chosen, batch_dispatch d
       where j.id = chosen.id and j.status = chosen.status and d.batch_id = ${batchId}
       returning j.id, j.organization_id, j.type, chosen.status, chosen.status as was, chosen.warned, chosen.place
     ), runs as (${END_RUN}
     ), history as (${RECORD_REOPENED}
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
       -- Nothing of a finished batch waits, also where a cancel closed the rows beyond the cursor.
       update batch_dispatch d set last_seq = d.last_seq + tally.last,
         cursor = case when b.finished_at is null then d.cursor else d.last_seq end,
         holes = case when b.finished_at is null then d.holes else 0 end + tally.last - tally.failed - tally.cancelled
       from tally, batch b where d.batch_id = ${batchId} and b.id = d.batch_id
     )
     select failed, cancelled, c.chosen, c.last
     from tally, (select count(*)::int as chosen, max(item_index) as last from chosen) c`,
  );
  return rows[0] ?? { failed: 0, cancelled: 0, chosen: 0, last: null };
}

/**
 * If nothing of the batch is open, nothing waits in the order: a cancel closed what came after the cursor. Without this
 * those positions would count as waiting rows, and their number would be added to the room in the window.
 */
async function skipEnded(db: Queryable, batchId: string): Promise<void> {
  await db.query(
    sql`update batch_dispatch set cursor = last_seq, holes = 0 where batch_id = ${batchId} and cursor < last_seq
       and not exists (select from job where batch_id = ${batchId} and outcome is null)`,
  );
}
