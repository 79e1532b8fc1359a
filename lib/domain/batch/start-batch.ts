import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { noSlot, takeSlot } from '@/lib/domain/capacity/take-slot';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events/relay';
import { minutesOf } from './budget';
import { loadBatch } from './get-batch';

/**
 * Starts a waiting batch. For a running batch it changes nothing and returns `already-running`. While everything is paused
 * it is queued.
 * @throws DomainError `not-found`, `nothing-to-process`, `capacity-reached`
 */
export async function startBatch(
  context: Context,
  batchId: string,
): Promise<{ outcome: 'started' | 'queued' | 'already-running'; batch: BatchDto }> {
  requirePermission(context, 'batch.change');
  if (!isId(batchId)) throw notFound('batch', batchId);
  // Very many starts at once must not wait for the lock, each with a connection, only to find that another one started it.
  const known = await loadBatch(context, batchId);
  if (known.status === 'in-progress') return { outcome: 'already-running', batch: known };
  const outcome = await retrying(() =>
    transaction(async (tx) => {
      await lockSlots(tx.db);
      const { rows } = await tx.db.query<{ status: BatchStatus; open: number; paused: boolean }>(
        sql`select status, paused, total - completed - failed - cancelled as open from batch
       where id = ${batchId} and organization_id = ${context.organizationId} for update`,
      );
      const batch = rows[0];
      if (!batch) throw notFound('batch', batchId);
      if (batch.status === 'in-progress') return 'already-running' as const;
      if (batch.open === 0) {
        throw new DomainError(
          'nothing-to-process',
          'Every item of this batch is finished. Retry the failed or cancelled ones instead.',
        );
      }
      // A paused batch takes no slot until it is resumed.
      const taken = batch.paused ? 'taken' : await takeSlot(tx, context.organizationId, { yielding: true });
      if (taken === 'paused') {
        await enqueue(tx, context, batchId);
        return 'queued' as const;
      }
      if (taken !== 'taken') throw await noSlot(tx.db, context, taken);
      await openRun(tx, batchId);
      await audit(tx.db, context, 'batch.start', { kind: 'batch', id: batchId });
      return 'started' as const;
    }),
  );
  return { outcome, batch: await loadBatch(context, batchId) };
}

/** Queues a pending batch for a slot. @returns false if it is not pending any more, or is being cancelled */
export async function enqueue(tx: Transaction, context: Context, batchId: string): Promise<boolean> {
  const { rowCount } = await tx.db.query(
    sql`update batch set queued_at = coalesce(queued_at, now())
       where id = ${batchId} and organization_id = ${context.organizationId} and status = 'pending' and cancel_mode is null`,
  );
  if (!rowCount) return false;
  await audit(tx.db, context, 'batch.start', { kind: 'batch', id: batchId }, { after: { start: 'queue' } });
  tx.afterCommit(() =>
    Promise.all([publish('control', { startQueued: true }), publishChanges({ batches: [batchId] })]),
  );
  return true;
}

/** Marks a batch as running. The transaction must hold the slots' lock. A paused batch gets no slot. */
export async function openRun(tx: Transaction, batchId: string): Promise<void> {
  await tx.db.query(
    sql`update batch set status = 'in-progress', run = run + 1, queued_at = null, finished_at = null, slot_freed = paused,
       slot_at = case when not paused then now() end, wakes_at = null, paused_at = case when paused then now() end,
       budget_until = now() + ${minutesOf(sql`batch`)},
       started_at = coalesce(started_at, now()), rate_at = now(), rate_count = 0, rate_per_second = null
     where id = ${batchId}`,
  );
  tx.afterCommit(() =>
    Promise.all([
      publish('control', { dispatch: [batchId] }),
      publishChanges({ started: [batchId], batches: [batchId], capacity: true }),
    ]),
  );
}
