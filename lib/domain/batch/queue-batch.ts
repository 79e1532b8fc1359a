import type { BatchDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { transaction } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { loadBatch } from './get-batch';
import { enqueue } from './start-batch';

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
  const queued = await transaction((tx) => enqueue(tx, context, batchId));
  const batch = await loadBatch(context, batchId);
  if (queued) return { outcome: 'queued', batch };
  if (batch.status === 'in-progress') return { outcome: 'already-running', batch };
  throw new DomainError(
    'nothing-to-process',
    'This batch has finished or is being cancelled; there is nothing to queue.',
  );
}
