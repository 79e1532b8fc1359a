import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { RECORD_REOPENED } from '@/lib/domain/history/record-history';
import { END_RUN } from './end-run';

/**
 * Reopens failed and cancelled jobs that belong to no batch and no flow, as a new run. The caller delivers them after
 * the commit.
 * @param which an SQL condition on `job j`
 * @returns their ids
 */
export async function reopenSingles(db: Queryable, which: Sql): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    sql`with ended as (select j.id, j.status from job j where ${which} and j.batch_id is null and j.flow_id is null
         and j.status in ('failed', 'cancelled') for update),
       reopened as (update job j set status = 'pending', attempts_made = 0, crashes = 0, quarantined = false, cancel_mode = null,
         consumer_id = null, run_at = null, waiting_since = clock_timestamp(), started_at = null, finished_at = null, error = null,
         result = null, warnings = null, progress = null, discarded_at = null, discard_note = null,
         delivery = greatest(j.attempt, j.delivery + 1)
       from ended e where j.id = e.id returning j.id, j.organization_id, j.type, e.status as was),
       runs as (${END_RUN}), history as (${RECORD_REOPENED})
       select id from reopened`,
  );
  return rows.map((row) => row.id);
}
