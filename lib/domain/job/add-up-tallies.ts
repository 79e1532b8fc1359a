import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Fewer changes than this are summed up quickly whenever statistics are read. */
const MIN_CHANGES = 500;
const MAX_CHANGES = 50_000;

/**
 * Replaces old changes in `job_tally` by their sums, so that statistics read only a few rows. Any number of machines may
 * do it at once: each change is summed up by one of them.
 */
export async function addUpTallies(): Promise<void> {
  await pool().query(
    sql`with old as (
       delete from job_tally where id in (
         select id from job_tally where (select count(*) from (select from job_tally limit ${MIN_CHANGES}) seen) >= ${MIN_CHANGES}
         order by id limit ${MAX_CHANGES})
       returning *
     )
     insert into job_tally (organization_id, type, total, completed, failed, cancelled)
     select organization_id, type, sum(total), sum(completed), sum(failed), sum(cancelled) from old group by 1, 2`,
  );
}
