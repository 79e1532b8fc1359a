import type { BatchDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events/relay';
import { loadBatch } from './get-batch';

/**
 * Queues a waiting batch: it starts as soon as a slot is free. Idempotent.
 * @throws DomainError `not-found`, `nothing-to-process` when it has finished
 */
export async function queueBatch(
  context: Context,
  batchId: string,
): Promise<{ outcome: 'queued' | 'already-running'; batch: BatchDto }> {
  requirePermission(context, 'batch.change');
  if (!isId(batchId)) throw notFound('batch', batchId);
  const queued = await transaction(async (tx) => {
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
  });
  const batch = await loadBatch(context, batchId);
  if (queued) return { outcome: 'queued', batch };
  if (batch.status === 'in-progress') return { outcome: 'already-running', batch };
  throw new DomainError(
    'nothing-to-process',
    'This batch has finished or is being cancelled; there is nothing to queue.',
  );
}
