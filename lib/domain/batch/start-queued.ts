import { transaction } from '@/lib/db';
import { listRunning, lockSlots, maxActiveBatches } from '@/lib/domain/capacity';
import { openRun } from './start-batch';

/** Gives free slots to the batches that wait for one: highest priority first, then the longest waiting. */
export async function startQueued(): Promise<string[]> {
  return transaction(async (tx) => {
    await lockSlots(tx.sql);
    const free = maxActiveBatches() - (await listRunning(tx.sql)).length;
    if (free <= 0) return [];
    const { rows } = await tx.sql.query<{ id: string }>(
      `select id from batch where status = 'pending' and queued_at is not null and cancel_mode is null and not paused
         and total > completed + failed + cancelled
       order by priority desc, queued_at, id limit $1 for update skip locked`,
      [free],
    );
    for (const { id } of rows) await openRun(tx, id);
    return rows.map((r) => r.id);
  });
}
