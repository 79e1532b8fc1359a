import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Fewer changes than this are added up in no time whenever somebody asks. */
const ENOUGH = 500;
const AT_ONCE = 50_000;

/**
 * Replaces old changes of the tally of single jobs by their sums, so that statistics read a handful of rows. Any
 * number of machines may do so at once: a change is taken by one of them.
 */
export async function addUpTallies(): Promise<void> {
  await pool().query(
    sql`with old as (
       delete from job_tally where id in (
         select id from job_tally where (select count(*) from (select from job_tally limit ${ENOUGH}) seen) >= ${ENOUGH}
         order by id limit ${AT_ONCE})
       returning *
     )
     insert into job_tally (organization_id, type, total, completed, failed, cancelled)
     select organization_id, type, sum(total), sum(completed), sum(failed), sum(cancelled) from old group by 1, 2`,
  );
}
