import type { BatchDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { hintChanges, hintControl } from '@/lib/events/relay';
import { cancelWaiting } from './cancel-waiting';
import { loadBatch } from './get-batch';
import { prefetchSettled } from './prefetched';
import { settleNow } from './settle';

/** Maximum number of rows to cancel before the response. The supervisors cancel the rest of a larger batch. */
const INLINE_ROWS = 20_000;

/**
 * Cancels a batch. Graceful: running jobs complete, waiting ones never start. Force: running jobs are aborted too.
 * The mode is written first, which stops dispatching. The cancel is acknowledged after the rows that a consumer
 * could claim are closed.
 * @throws DomainError `not-found`, `forbidden`, `already-finished`
 */
export async function cancelBatch(
  context: Context,
  batchId: string,
  options: { force?: boolean | undefined; reason?: string } = {},
): Promise<BatchDto> {
  requirePermission(context, 'batch.cancel', 'cancel a batch');
  if (!isId(batchId)) throw notFound('batch', batchId);
  const mode = options.force ? 'force' : 'graceful';
  await transaction(async ({ db }) => {
    // A forced cancel replaces a graceful one, but not the reverse.
    const { rows } = await db.query<{ finished: boolean }>(
      sql`update batch set
         cancel_mode = case when finished_at is not null or cancel_mode = 'force' then cancel_mode else ${mode} end,
         stop_reason = case when finished_at is null then coalesce(stop_reason, ${options.reason ?? null}) else stop_reason end,
         queued_at = null, wakes_at = null, cut_short = cut_short or (not sealed and finished_at is null),
         sealed = true, seals_at = null
       where id = ${batchId} and organization_id = ${context.organizationId} returning finished_at is not null as finished`,
    );
    const row = rows[0];
    if (!row) throw notFound('batch', batchId);
    if (row.finished) throw new DomainError('already-finished', 'This batch has finished; there is nothing to cancel.');
    await settleNow(db, batchId);
    await audit(
      db,
      context,
      'batch.cancel',
      { kind: 'batch', id: batchId },
      { after: { mode, reason: options.reason } },
    );
  });
  await prefetchSettled(batchId);
  await cancelWaiting(batchId, INLINE_ROWS);
  await Promise.all([
    hintChanges({ batches: [batchId], done: [batchId], capacity: true }),
    hintControl({
      startQueued: true,
      dispatch: [batchId],
      ...(options.force ? { abort: { jobIds: [], batchIds: [batchId], force: true } } : {}),
    }),
  ]);
  return loadBatch(context, batchId);
}
