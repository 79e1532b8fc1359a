import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Firings that every schedule keeps, whatever their age. */
const KEPT = 1000;
const KEPT_DAYS = 30;
/** Firings that one statement deletes. */
const CHUNK = 2000;

/**
 * Deletes old firings: a schedule keeps its last thousand, and those of the last 30 days.
 * @param limit the maximum number of firings in this round
 * @returns how many were deleted
 */
export async function expireFirings(limit: number): Promise<number> {
  let deleted = 0;
  while (deleted < limit) {
    const most = Math.min(CHUNK, limit - deleted);
    const count = await expireChunk(most);
    deleted += count;
    if (count < most) break;
  }
  return deleted;
}

async function expireChunk(most: number): Promise<number> {
  const { rowCount } = await pool().query(
    sql`delete from schedule_firing f using (
       select o.schedule_id, o.due_at from schedule s
         cross join lateral (select r.due_at from schedule_firing r where r.schedule_id = s.id order by r.due_at desc offset ${KEPT} limit 1) e
         join schedule_firing o on o.schedule_id = s.id and o.due_at <= e.due_at
       where o.due_at < now() - make_interval(days => ${KEPT_DAYS})
         and o.status <> 'queued' and (o.status <> 'launched' or o.outcome is not null)
       limit ${most}) old
     where f.schedule_id = old.schedule_id and f.due_at = old.due_at`,
  );
  return rowCount ?? 0;
}
