import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { redeliver } from '@/lib/domain/worker/redeliver';

/** More than a window holds. */
const MOST = 10_000;

/**
 * Delivers again what was handed over and is due, after a time in which its deliveries may have been refused: the queue
 * has forgotten those. One that it still has becomes a duplicate. The caller holds the lock of the dispatch row.
 */
export async function recall(db: Queryable, batchId: string): Promise<void> {
  const { rows } = await db.query<{ id: string; delivery: number }>(
    sql`select j.id, j.delivery from job j join batch_dispatch d on d.batch_id = j.batch_id
     where j.batch_id = ${batchId} and j.outcome is null and j.item_index <= d.reach and j.status in ('pending', 'delayed')
       and coalesce(j.seq, j.item_index + 1) <= d.cursor and (j.run_at is null or j.run_at <= now())
     order by j.item_index limit ${MOST}`,
  );
  await redeliver(rows);
  await db.query(sql`update batch_dispatch set recall = false where batch_id = ${batchId}`);
}
