import { isRedisAway } from '@/lib/config/redis';
import type { PausedQueueDto } from '@/lib/contracts/doctor';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { type JobType, jobTypes } from '@/lib/job-types/catalogue';
import { listPaused, resumeQueue } from '@/lib/queue/inspect';
import { QUARANTINE_QUEUE, type QueueName } from '@/lib/queue/queues';

const queueNames = (): QueueName[] => [...jobTypes(), QUARANTINE_QUEUE];

/** Returns the message about queues that another client paused. */
export const pausedMessage = (queues: string[]): string =>
  `The ${queues.length === 1 ? 'queue' : 'queues'} ${queues.join(', ')} ${queues.length === 1 ? 'is' : 'are'} paused in BullMQ itself, by another client or a board: nothing of ${queues.length === 1 ? 'it' : 'them'} starts, in any batch.`;

/**
 * Lists queues that another BullMQ client or a board paused: their jobs may wait without end. Batchyard itself pauses
 * batches, never queues. Returns an empty list while Redis is unavailable.
 */
export async function listPausedQueues(): Promise<PausedQueueDto[]> {
  const paused = await listPaused(queueNames()).catch((error: unknown) => {
    if (isRedisAway(error)) return [];
    throw error;
  });
  return paused.map((queue) => ({ queue, message: pausedMessage([queue]) }));
}

/** Resumes a queue that another client paused. @throws DomainError `not-found`, `forbidden` */
export async function resumePausedQueue(context: Context, queue: string): Promise<{ queues: PausedQueueDto[] }> {
  requirePermission(context, 'queue.resume', 'resume a queue');
  const name = queueNames().find((known) => known === queue);
  if (!name) throw notFound('queue', queue);
  await resumeQueue(name);
  await transaction(({ db }) => audit(db, context, 'queue.resume', { kind: 'queue', id: name }));
  return { queues: await listPausedQueues() };
}

/** Returns the queues in which the open rows of a batch wait. */
export async function queuesOf(batchId: string): Promise<QueueName[]> {
  const { rows } = await pool().query<{ queue: JobType | typeof QUARANTINE_QUEUE }>(
    sql`select distinct case when quarantined then ${QUARANTINE_QUEUE} else type end as queue
     from job where batch_id = ${batchId} and outcome is null`,
  );
  return rows.map((row) => row.queue);
}
