import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { listRunning, lockSlots, maxActiveBatches } from '@/lib/domain/capacity/slots';
import { assignSlot, freeIdleSlots, queueDueBatches } from './batch-slot';
import { openRun } from './start-batch';

/**
 * Frees the slots of idle batches, then assigns free slots to queued batches, new and suspended ones: highest priority
 * first, then the longest waiting.
 * @returns the ids of the batches that got a slot
 */
export async function startQueued(): Promise<string[]> {
  await freeIdleSlots();
  return retrying(() =>
    transaction(async (tx) => {
      await lockSlots(tx.db);
      await queueDueBatches(tx.db);
      const free = maxActiveBatches() - (await listRunning(tx.db)).length;
      return free > 0 ? give(tx, free) : [];
    }),
  );
}

async function give(tx: Transaction, free: number): Promise<string[]> {
  const { rows } = await tx.db.query<{ id: string; fresh: boolean }>(
    sql`select id, status = 'pending' as fresh from batch
     where (status = 'pending' or slot_freed) and queued_at is not null and cancel_mode is null and not paused
       and total > completed + failed + cancelled
     order by priority desc, queued_at, id limit ${free}`,
  );
  const given: string[] = [];
  for (const { id, fresh } of rows) if (fresh ? await begin(tx, id) : await assignSlot(tx, id)) given.push(id);
  return given;
}

/** Checks the batch again under the lock of its row. A locked row is skipped: the next round follows within 1 s. */
async function begin(tx: Transaction, id: string): Promise<boolean> {
  const { rowCount } = await tx.db.query(
    sql`select 1 from batch where id = ${id} and status = 'pending' and queued_at is not null and cancel_mode is null
       and not paused for update skip locked`,
  );
  if (!rowCount) return false;
  await openRun(tx, id);
  return true;
}
