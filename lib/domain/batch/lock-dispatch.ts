import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/**
 * Locks the dispatch row of a batch until the transaction ends: no row of the batch is enqueued or joins the dispatch
 * order. To avoid deadlocks, every transaction takes this lock before it locks rows of jobs or of the batch.
 */
export async function lockDispatch(db: Queryable, batchId: string): Promise<void> {
  await db.query(sql`select 1 from batch_dispatch where batch_id = ${batchId} for update`);
}
