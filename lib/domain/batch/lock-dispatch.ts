import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

/**
 * Keeps the dispatcher from this batch until the transaction ends: while it is held, no row of it is handed over or
 * gets in line. Taken before any row of a job or of the batch, as all do, so that no two wait for each other.
 */
export async function lockDispatch(db: Queryable, batchId: string): Promise<void> {
  await db.query(sql`select 1 from batch_dispatch where batch_id = ${batchId} for update`);
}
