import { pool } from '@/lib/db/pool';
import { queueOf } from '@/lib/queue/queues';
import { until } from './until';

/** A backoff that only `endBackoff` ends. */
export const LONG_BACKOFF = { type: 'fixed', delay: 600_000 } as const;

/** Ends the backoff of waiting diagnostic jobs at once, in the rows and in the queue, whatever its length. */
export async function endBackoff(jobs: number): Promise<void> {
  const queue = queueOf('diagnostic');
  await until('their deliveries are delayed', async () => (await queue.getDelayedCount()) === jobs);
  await pool().query(`update job set run_at = now() where type = 'diagnostic' and status = 'delayed'`);
  await pool().query('update batch set wakes_at = now() where wakes_at is not null');
  for (const delivery of await queue.getDelayed()) await delivery.promote();
}
