import { sql } from '@/lib/db/sql';
/**
 * SQL that ends the present run of jobs which a manual retry reopens: their earlier attempts keep its number, and later
 * attempts belong to the next run. The statement must have a row source `reopened` with the column `id`.
 */
export const END_RUN = sql`update attempt a set run = 1 + coalesce((select max(e.run) from attempt e where e.job_id = a.job_id), 0)
   where a.run is null and a.job_id in (select id from reopened)`;
