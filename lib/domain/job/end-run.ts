import { sql } from '@/lib/db/sql';
/**
 * SQL that closes the present run of jobs which a retry by hand opens again: their attempts so far keep its number, and
 * those to come belong to the next one. The statement must have a row source `reopened` with the column `id`.
 */
export const END_RUN = sql`update attempt a set run = 1 + coalesce((select max(e.run) from attempt e where e.job_id = a.job_id), 0)
   where a.run is null and a.job_id in (select id from reopened)`;
