import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** How long some organizations keep imports. */
export interface Retention {
  days: number;
  /** the ids of the organizations; null = all but `except` */
  only: string[] | null;
  except: string[];
}

const MOST = 1000;

/**
 * Deletes imports of some organizations that were unchanged for this many days, and releases their files. An import with a batch is kept as
 * long as the batch: error files and corrections need the columns of its table.
 */
export async function expireImports({ days, only, except }: Retention): Promise<void> {
  await pool().query(
    sql`with gone as (
       delete from import where id in (
         select id from import i where updated_at < now() - make_interval(days => ${days}) 
           and (${only}::text[] is null or organization_id = any(${only}::text[])) and organization_id <> all(${except}::text[])
           and status not in ('reading', 'checking', 'launching')
           and not exists (select from batch b where b.id = i.batch_id) limit ${MOST})
       returning id)
     delete from file_use u using gone where u.owner_id = gone.id`,
  );
}
