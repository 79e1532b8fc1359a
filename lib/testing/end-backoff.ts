import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { queueOf } from '@/lib/queue/queues';
import { until } from './until';

/** A backoff that only `endBackoff` ends. */
export const LONG_BACKOFF = { type: 'fixed', delay: 600_000 } as const;

/** Ends the backoff of waiting diagnostic jobs at once, in the rows and in the queue, whatever its length. */
export async function endBackoff(jobs: number): Promise<void> {
  const queue = queueOf('diagnostic');
  // A row may have two deliveries: one that was refused is sent again beside it. So rows are counted.
  await until('their deliveries are delayed', async () => {
    const delayed = await queue.getDelayed();
    return new Set(delayed.map(({ data }) => data.jobId)).size === jobs;
  });
  await transaction(async ({ db }) => {
    // Under this lock no batch releases its slot, so none computes when it wakes from the earlier times.
    await db.query(sql`select 1 from batch_dispatch for update`);
    await db.query(sql`update job set run_at = now() where type = 'diagnostic' and status = 'delayed'`);
    await db.query(sql`update batch set wakes_at = now() where wakes_at is not null`);
  });
  for (const delivery of await queue.getDelayed()) await delivery.promote();
}
