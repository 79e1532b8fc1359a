import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { SUSPENDED } from '@/lib/domain/capacity/slots';
import type { JobType } from '@/lib/job-types/catalogue';
import { moveToFront } from '@/lib/queue/enqueue';

/** The least share of a batch while others of a higher priority run: a fraction of their rate. */
const SHARE = 0.1;
/** Limit for one batch in one round. */
const MAX_ROWS = 100;

/**
 * Prevents starvation of batches with a lower priority. The queue delivers the highest priority first, so a large batch
 * would block all lower ones. Once a second a few of their deliveries are moved to the front.
 * @returns how many rows were moved
 */
export async function preventStarvation(): Promise<number> {
  const { rows } = await pool().query<{ type: JobType; id: string; delivery: number }>(
    sql`with behind as (
       select b.id, b.type, least(${MAX_ROWS}, greatest(1, ceil(${SHARE} * coalesce(max(h.rate_per_second), 0))))::int as share
       from batch b join batch h on h.type = b.type and h.priority > b.priority
       where b.status = 'in-progress' and not ${SUSPENDED} and b.cancel_mode is null
         and h.status = 'in-progress' and not h.paused and not h.slot_freed and h.cancel_mode is null
       group by b.id
     )
     select j.type, j.id, j.delivery from behind b
       join batch_dispatch d on d.batch_id = b.id
       join lateral (select * from job j where j.batch_id = b.id and j.outcome is null and j.item_index <= d.reach
                       and coalesce(j.seq, j.item_index + 1) <= d.cursor and j.status = 'pending' and not j.quarantined
                     order by j.item_index limit b.share) j on true`,
  );
  const byType = new Map<JobType, typeof rows>();
  for (const row of rows) byType.set(row.type, [...(byType.get(row.type) ?? []), row]);
  for (const [type, group] of byType) await moveToFront(type, group);
  return rows.length;
}
