import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

const MOST = 1000;

/**
 * Deletes imports that were unchanged for this many days, and releases their files. An import with a batch is kept as
 * long as the batch: error files and corrections need the columns of its table.
 */
export async function expireImports(days: number): Promise<void> {
  await pool().query(
    sql`with gone as (
       delete from import where id in (
         select id from import i where updated_at < now() - make_interval(days => ${days})
           and status not in ('reading', 'checking', 'launching')
           and not exists (select from batch b where b.id = i.batch_id) limit ${MOST})
       returning id)
     delete from file_use u using gone where u.owner_id = gone.id`,
  );
}
