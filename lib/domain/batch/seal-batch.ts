import type { BatchDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission, systemContext } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events/relay';
import { loadBatch } from './get-batch';
import { settleNow } from './settle';

/**
 * Seals a batch: no more items can be added, and it finishes as soon as no child is open. Idempotent.
 * @throws `not-found`
 */
export async function sealBatch(
  context: Context,
  batchId: string,
  options: { reason?: string } = {},
): Promise<BatchDto> {
  requirePermission(context, 'batch.change');
  if (!isId(batchId)) throw notFound('batch', batchId);
  await transaction(async (tx) => {
    const { rowCount } = await tx.db.query(
      sql`update batch set sealed = true, seals_at = null, stop_reason = coalesce(stop_reason, ${options.reason ?? null})
       where id = ${batchId} and organization_id = ${context.organizationId} and not sealed`,
    );
    if (!rowCount) return;
    const { finished } = await settleNow(tx.db, batchId);
    await audit(tx.db, context, 'batch.seal', { kind: 'batch', id: batchId }, { after: { reason: options.reason } });
    tx.afterCommit(() =>
      Promise.all([
        publishChanges({ batches: [batchId], done: finished ? [batchId] : [], capacity: finished }),
        finished ? publish('control', { startQueued: true }) : undefined,
      ]),
    );
  });
  return loadBatch(context, batchId);
}

/** Maximum number of batches in one round. */
const MOST = 100;

/**
 * Seals the batches whose deadline has passed, and records how many of the announced items were added.
 * @returns how many were sealed
 */
export async function sealOverdue(): Promise<number> {
  const { rows } = await pool().query<{ id: string; organization_id: string; total: number; announced: number | null }>(
    sql`select id, organization_id, total, announced from batch where not sealed and seals_at < now()
     order by seals_at limit ${MOST}`,
  );
  for (const { id, organization_id: organizationId, total, announced } of rows) {
    const came = announced === null ? `with ${total} items` : `with ${total} of ${announced} announced items`;
    await sealBatch(systemContext(organizationId), id, { reason: `sealed by its deadline, ${came}` });
  }
  return rows.length;
}
