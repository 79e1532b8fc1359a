import { type Sql, sql } from '@/lib/db/sql';
import type { Transaction } from '@/lib/db/transaction';
import { type ExternalJob, retryExternalJobs } from './external-job';

/**
 * Retries external jobs in their queues after their rows were reopened: each leaves the failed jobs of its queue and will
 * get the new outcome. Runs in the transaction that reopened the rows; the queues are called after the commit.
 * @param which an SQL condition on `job j`
 */
export async function retryExternally(tx: Transaction, which: Sql): Promise<void> {
  const { rows } = await tx.db.query<{ queue: ExternalJob['queue']; id: string; addedAt: number }>(
    sql`update adopted a set answered_stalls = null
     where a.job_id in (select j.id from job j where ${which} and j.outcome is null) and a.answered_stalls is not null
     returning a.queue, a.queue_job_id as id, a.added_at as "addedAt"`,
  );
  if (rows.length === 0) return;
  tx.afterCommit(() => retryExternalJobs(rows));
}
