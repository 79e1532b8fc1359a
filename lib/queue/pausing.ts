import { whileRedisAnswers } from '@/lib/config/redis';
import { type QueueName, queueOf } from './queues';

/**
 * Which of these queues are paused. The product never pauses a queue, only batches: another BullMQ client did, or a board.
 */
export async function listPaused(names: QueueName[]): Promise<QueueName[]> {
  const paused = await Promise.all(names.map((name) => whileRedisAnswers(() => queueOf(name).isPaused())));
  return names.filter((_, i) => paused[i]);
}

/** Lets a queue go on. One that is not paused stays as it is. */
export const resumeQueue = (name: QueueName): Promise<void> => whileRedisAnswers(() => queueOf(name).resume());
