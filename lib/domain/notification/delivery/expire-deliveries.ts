import { perProcess } from '@/lib/config/per-process';
import { DELIVERY_DAYS } from '@/lib/contracts/delivery';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { FIRST_ID } from '@/lib/domain/privacy/export-part';

/** Rows that one statement deletes or examines. */
const CHUNK = 2000;

/** Where the next round goes on, so that a round examines as few receivers however many there are. */
const place = perProcess('receivers-examined', () => ({ after: FIRST_ID }));

/**
 * Deletes old deliveries, and what launches named as receivers after their batch, job, flow or schedule is deleted.
 * @param limit the maximum number of deliveries in this round
 * @returns how many were deleted
 */
export async function expireDeliveries(limit: number): Promise<number> {
  await forgetReceivers();
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

/** Examines the next receivers. After the last ones the first follow again. */
async function forgetReceivers(): Promise<void> {
  const state = place.get();
  const { rows } = await pool().query<{ last: string | null; full: boolean }>(
    sql`with page as (
       select p.owner_id, p.position from notification_target p where p.owner_id > ${state.after}::uuid
       order by p.owner_id, p.position limit ${CHUNK}),
     gone as (
       delete from notification_target t using page o where t.owner_id = o.owner_id and t.position = o.position
         and not exists (select from batch b where b.id = o.owner_id) and not exists (select from job j where j.id = o.owner_id)
         and not exists (select from flow f where f.id = o.owner_id) and not exists (select from schedule s where s.id = o.owner_id)
         and not exists (select from import i where i.id = o.owner_id and i.launch is not null))
     select max(owner_id::text) as last, count(*) = ${CHUNK} as full from page`,
  );
  state.after = rows[0]?.full && rows[0].last !== null ? rows[0].last : FIRST_ID;
}
