import type { BatchDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events/relay';
import { requestSlot } from './batch-slot';
import { loadBatch } from './get-batch';
import { lockDispatch } from './lock-dispatch';
import { prefetchSettled } from './prefetched';

/**
 * Pauses a batch: running jobs complete, and no other job of it starts, not even enqueued ones and retries. Its slot is
 * freed. Idempotent.
 * @throws `not-found`, `forbidden`, `already-finished`
 */
export const pauseBatch = (context: Context, batchId: string): Promise<BatchDto> => setPaused(context, batchId, true);

/**
 * Resumes a paused batch: at once if a slot is free, else it is queued for one (`queuedAt`). Idempotent.
 * @throws `not-found`, `forbidden`, `already-finished`
 */
export const resumeBatch = (context: Context, batchId: string): Promise<BatchDto> => setPaused(context, batchId, false);

async function setPaused(context: Context, batchId: string, paused: boolean): Promise<BatchDto> {
  const verb = paused ? 'pause' : 'resume';
  requirePermission(context, 'batch.pause', `${verb} a batch`);
  if (!isId(batchId)) throw notFound('batch', batchId);
  await retrying(() =>
    transaction(async (tx) => {
      // Lock order of all transactions: slots, dispatch row, batch. It prevents deadlocks.
      if (!paused) {
        await lockSlots(tx.db);
        await lockDispatch(tx.db, batchId);
      }
      const { rows } = await tx.db.query<{ changed: boolean; finished: boolean; running: boolean }>(
        sql`update batch b set paused = ${paused} and b.finished_at is null,
           slot_freed = b.slot_freed or (${paused} and b.status = 'in-progress'),
           slot_at = case when not ${paused} then b.slot_at end,
           queued_at = case when ${paused} and b.status = 'in-progress' then null else b.queued_at end,
           wakes_at = null
         from (select id, paused, finished_at from batch where id = ${batchId} for update) old
         where b.id = old.id and b.organization_id = ${context.organizationId}
         returning old.paused <> b.paused as changed, b.finished_at is not null as finished,
           b.status = 'in-progress' as running`,
      );
      const row = rows[0];
      if (!row) throw notFound('batch', batchId);
      if (row.finished)
        throw new DomainError('already-finished', `This batch has finished; there is nothing to ${verb}.`);
      if (!row.changed) return;
      await audit(tx.db, context, `batch.${verb}`, { kind: 'batch', id: batchId });
      if (paused) tx.afterCommit(() => freed(batchId));
      else await resumed(tx, batchId, row.running);
    }),
  );
  if (paused) await prefetchSettled(batchId);
  return loadBatch(context, batchId);
}

const freed = (batchId: string) =>
  Promise.all([publish('control', { startQueued: true }), publishChanges({ batches: [batchId], capacity: true })]);

/** A batch that has not started keeps its position in the queue. Its rows that need no slot are redelivered. */
async function resumed(tx: Transaction, batchId: string, running: boolean): Promise<void> {
  if (running) return requestSlot(tx, batchId);
  await tx.db.query(sql`update batch_dispatch set recall = true where batch_id = ${batchId} and loose`);
  tx.afterCommit(() =>
    Promise.all([publish('control', { startQueued: true }), publishChanges({ batches: [batchId] })]),
  );
}
