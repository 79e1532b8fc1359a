import { DELIVERY_DAYS } from '@/lib/contracts/delivery';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Rows that one statement deletes. */
const CHUNK = 2000;

/**
 * Deletes old deliveries, and what launches named as receivers after their batch, job or flow is deleted.
 * @param limit the maximum number of deliveries in this round
 * @returns how many were deleted
 */
export async function expireDeliveries(limit: number): Promise<number> {
  await pool().query(
    sql`delete from notification_target t where (t.owner_id, t.position) in (
       select o.owner_id, o.position from notification_target o
       where not exists (select from batch b where b.id = o.owner_id) and not exists (select from job j where j.id = o.owner_id)
         and not exists (select from flow f where f.id = o.owner_id) limit ${CHUNK})`,
  );
  let deleted = 0;
  while (deleted < limit) {
    const most = Math.min(CHUNK, limit - deleted);
    const { rowCount } = await pool().query(
      sql`delete from notification_delivery where id in (
         select d.id from notification_delivery d
         where d.created_at < now() - make_interval(days => ${DELIVERY_DAYS}) and d.status <> 'pending' limit ${most})`,
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < most) break;
  }
  return deleted;
}
