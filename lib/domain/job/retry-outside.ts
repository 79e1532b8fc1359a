import { type Sql, sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { type ForeignJob, retryForeign } from '@/lib/queue/foreign';

/**
 * Rows run again whose ends were told to other clients: their jobs leave the failed ones of their queue, so that they
 * get the new end. In the transaction that reopened the rows.
 * @param which an SQL condition on `job j`
 */
export async function retryOutside(tx: Transaction, which: Sql): Promise<void> {
  const { rows } = await tx.db.query<{ queue: ForeignJob['queue']; id: string; addedAt: string }>(
    sql`update adopted a set answered_stalls = null
     where a.job_id in (select j.id from job j where ${which} and j.outcome is null) and a.answered_stalls is not null
     returning a.queue, a.queue_job_id as id, a.added_at as "addedAt"`,
  );
  if (rows.length === 0) return;
  tx.afterCommit(() => retryForeign(rows.map((row) => ({ ...row, addedAt: Number(row.addedAt) }))));
}
