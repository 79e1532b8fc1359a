import { pool } from '@/lib/db';

const MOST = 1000;

/** Forgets imports that nobody has touched for so many days, and lets go of their files. */
export async function expireImports(days: number): Promise<void> {
  await pool().query(
    `with gone as (
       delete from import where id in (
         select id from import where updated_at < now() - make_interval(days => $1)
           and status not in ('reading', 'checking', 'launching') limit ${MOST})
       returning id)
     delete from file_use u using gone where u.owner_id = gone.id`,
    [days],
  );
}
