import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import type { ForeignJob } from '@/lib/queue/foreign';
import { retryJob } from './retry-job';

/** How a job of another client is found again. */
type Key = Pick<ForeignJob, 'queue' | 'id' | 'addedAt'>;

/** Notes that the end of a row is being told to the queue of its job. */
export async function noteAnswer(job: Key, stalls: number): Promise<void> {
  await retrying(() =>
    pool().query(
      sql`update adopted set answered_stalls = ${stalls} where queue = ${job.queue} and queue_job_id = ${job.id} and added_at = ${job.addedAt}`,
    ),
  );
}

/**
 * A job whose end was told is delivered again: its client asked for another try, so the row runs again too. A job that
 * stalled meanwhile was only not acknowledged, and one that was never answered ended here alone: both are told the end.
 */
export async function retryAsClientAsked(job: Key, stalls: number): Promise<void> {
  const { rows } = await pool().query<{ id: string; organization_id: string }>(
    sql`select j.id, j.organization_id from adopted a join job j on j.id = a.job_id
     where a.queue = ${job.queue} and a.queue_job_id = ${job.id} and a.added_at = ${job.addedAt} and a.answered_stalls >= ${stalls}
       and j.outcome in ('failed', 'cancelled')`,
  );
  const [row] = rows;
  if (!row) return;
  try {
    await retryJob(clientContext(row.organization_id), row.id);
  } catch (error) {
    // Somebody else retried it just now, or its flow is being cancelled: the row says what holds.
    if (!(error instanceof DomainError)) throw error;
  }
}

const clientContext = (organizationId: string): Context => ({
  actor: { kind: 'system', id: 'bullmq', name: 'BullMQ', role: 'admin' },
  organizationId,
});
