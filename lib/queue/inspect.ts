import { deliveryId } from './enqueue';
import { type QueueName, queueOf } from './queues';

/**
 * Which of these rows have no delivery in the queue: they were lost, or never arrived.
 * Bounded by the caller; looks up each id, never lists the queue.
 */
export async function findMissing(name: QueueName, rows: { id: string; delivery: number }[]): Promise<string[]> {
  const queue = queueOf(name);
  const missing: string[] = [];
  const look = async (row: { id: string; delivery: number }) => {
    const state = await queue.getJobState(deliveryId(row.id, row.delivery));
    if (state === 'unknown' || state === 'completed' || state === 'failed') missing.push(row.id);
  };
  for (let i = 0; i < rows.length; i += 100) await Promise.all(rows.slice(i, i + 100).map(look));
  return missing;
}

/** Deliveries that wait in a queue. */
export async function countWaiting(name: QueueName): Promise<number> {
  const counts = await queueOf(name).getJobCounts('waiting', 'prioritized');
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}
