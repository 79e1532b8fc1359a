import { whileRedisAnswers } from '@/lib/config/redis';
import { deliveryId, FRONT } from './enqueue';
import { type QueueName, queueOf } from './queues';

/**
 * Lets deliveries of batches that wait pass those of every other batch. What no longer waits, and what travels in a
 * delivery of others, stays where it is.
 */
export async function bringForward(name: QueueName, rows: { id: string; delivery: number }[]): Promise<void> {
  const queue = queueOf(name);
  await Promise.all(
    rows.map(async (row) => {
      const job = await whileRedisAnswers(() => queue.getJob(deliveryId(row.id, row.delivery)));
      await job?.changePriority({ priority: FRONT }).catch((error: Error) => {
        // It ended between the two calls.
        if (!error.message.startsWith('Missing key')) throw error;
      });
    }),
  );
}
