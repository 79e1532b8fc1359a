import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { deliverJobs } from '@/lib/domain/job/deliver-job';

/**
 * Delivers rows again under the next number: the queue may keep a remnant of the lost delivery that would swallow a
 * new one of the same id. Of several sweeps that found the same row, one delivers it.
 * @returns how many were delivered
 */
export async function redeliver(rows: { id: string; delivery: number }[]): Promise<number> {
  if (rows.length === 0) return 0;
  const { rows: mine } = await pool().query<{ id: string }>(
    sql`update job j set delivery = j.delivery + 1 from unnest(${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.delivery)}::int[]) as seen(id, delivery)
     where j.id = seen.id and j.delivery = seen.delivery and j.status in ('pending', 'delayed') returning j.id`,
  );
  await deliverJobs(mine.map((r) => r.id));
  return mine.length;
}

/** Delivers a waiting row again, whatever number its delivery has by now. */
export async function deliverAnew(id: string): Promise<void> {
  const { rows } = await pool().query<{ id: string; delivery: number }>(
    sql`select id, delivery from job where id = ${id}`,
  );
  await redeliver(rows);
}
