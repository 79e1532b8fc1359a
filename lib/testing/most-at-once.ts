import { pool } from '@/lib/db/pool';

/** Returns how many rows of a batch ran at the same moment at most, counted from their times. */
export async function mostAtOnce(batchId: string, since = new Date(0)): Promise<number> {
  const { rows } = await pool().query<{ most: number }>(
    `select max(running)::int as most from (
       select sum(step) over (order by at, step) as running from (
         select started_at as at, 1 as step from job where batch_id = $1 and started_at >= $2
         union all select finished_at, -1 from job where batch_id = $1 and started_at >= $2) times) counted`,
    [batchId, since],
  );
  return rows[0]?.most ?? 0;
}
