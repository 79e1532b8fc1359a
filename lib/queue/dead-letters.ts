import { whileRedisAnswers } from '@/lib/config/redis';
import { type Delivery, queueClasses } from './queues';

/** What a client receives about a job that failed for good. */
export interface DeadLetter extends Delivery {
  type: string;
  organizationId: string;
  batchId: string | null;
  flowId: string | null;
  name: string | null;
  /** the number of the attempt that failed */
  attempt: number;
  /** attempts of its last run */
  attemptsMade: number;
  reason: string;
  code: string | null;
  failedAt: string | null;
  /** its input, only if its type is run by other clients */
  data?: unknown;
}

/** Messages that may wait in one queue: nobody may read it. */
const MAX_WAITING = 100_000;
/** Seconds for which the queue keeps a message that a client completed, and refuses the same one. */
const KEPT_SECONDS = 24 * 3600;

/**
 * Adds dead letters to a queue of other clients. Idempotent: a message that the queue has, or that was completed in the
 * last day, stays as it is.
 * @returns false if so many wait in the queue that nothing was added
 * @throws if the queue is unavailable
 */
export async function addDeadLetters(name: string, letters: readonly DeadLetter[]): Promise<boolean> {
  const { Queue } = queueClasses();
  // Opened for these messages only: launches may name any number of queues.
  const queue = new Queue(name, {});
  let trouble: Error | undefined;
  queue.on('error', (error) => {
    trouble = error;
  });
  try {
    const counts = await whileRedisAnswers(() => queue.getJobCounts('waiting', 'prioritized', 'delayed'));
    if (Object.values(counts).reduce((sum, n) => sum + n, 0) >= MAX_WAITING) return false;
    const opts = { removeOnComplete: { age: KEPT_SECONDS } };
    await whileRedisAnswers(() =>
      queue.addBulk(
        letters.map((data) => ({ name: data.type, data, opts: { ...opts, jobId: `${data.jobId}.${data.attempt}` } })),
      ),
    );
    return true;
  } catch (error) {
    throw trouble && error instanceof Error ? new Error(error.message, { cause: trouble }) : error;
  } finally {
    // Not awaited: the end of a connection that hangs would hang too.
    void queue.close().catch(() => undefined);
  }
}
