import { type QueueName, queueOf } from './queues';

/** One row to be delivered. */
export interface Dispatchable {
  id: string;
  /** higher first, 0–1000 */
  priority: number;
  /** attempts that are left */
  attempts: number;
  /** milliseconds until it is due */
  delayMs?: number;
  /** 0 for the first; a later one stands beside an older one that a dead consumer may still hold */
  delivery: number;
}

/** BullMQ counts the other way round, and 0 would pass all others. Single jobs go before children of batches. */
const bullPriority = (priority: number, single: boolean): number => (single ? 1 : 1002) + (1000 - priority);

/** The id of a delivery: the row's id, so that adding it twice adds it once. */
export const deliveryId = (id: string, delivery: number): string => (delivery === 0 ? id : `${id}.${delivery}`);

/** The name of the backoff that the consumer decides by itself, from the row. */
export const ROW_BACKOFF = 'row';

/** Hands rows to the queue. Idempotent by id: what is already there is left alone. */
export async function enqueue(name: QueueName, rows: Dispatchable[], options: { single: boolean }): Promise<void> {
  if (rows.length === 0) return;
  await queueOf(name).addBulk(
    rows.map((row) => ({
      name,
      data: { jobId: row.id },
      opts: {
        jobId: deliveryId(row.id, row.delivery),
        priority: bullPriority(row.priority, options.single),
        ...(row.attempts > 1 ? { attempts: row.attempts, backoff: { type: ROW_BACKOFF } } : {}),
        ...(row.delayMs ? { delay: Math.ceil(row.delayMs) } : {}),
      },
    })),
  );
}
