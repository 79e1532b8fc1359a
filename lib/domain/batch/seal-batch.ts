import type { BatchDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission, systemContext } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events/relay';
import { loadBatch } from './get-batch';
import { writeRetryEntries } from './retry-entry';
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
    if (!(await seal(tx, context.organizationId, batchId, options.reason))) return;
    await audit(tx.db, context, 'batch.seal', { kind: 'batch', id: batchId }, { after: { reason: options.reason } });
  });
  return loadBatch(context, batchId);
}

/** Seals a batch, without an audit entry. @returns false if it was sealed already */
export async function seal(
  tx: Transaction,
  organizationId: string,
  batchId: string,
  reason: string | null = null,
): Promise<boolean> {
  const { rowCount } = await tx.db.query(
    sql`update batch set sealed = true, seals_at = null, stop_reason = coalesce(stop_reason, ${reason})
       where id = ${batchId} and organization_id = ${organizationId} and not sealed`,
  );
  if (!rowCount) return false;
  const { finished } = await settleNow(tx.db, batchId);
  tx.afterCommit(() =>
    Promise.all([
      publishChanges({ batches: [batchId], done: finished ? [batchId] : [], capacity: finished }),
      finished ? publish('control', { startQueued: true }) : undefined,
    ]),
  );
  return true;
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
    const reason = `sealed by its deadline, ${came}`;
    await transaction(async (tx) => {
      // The process of a retry died. The batch waited for the rest of its rows, and not for items.
      if (await writeRetryEntries(tx.db, id, null)) return seal(tx, organizationId, id);
      const context = systemContext(organizationId);
      if (!(await seal(tx, organizationId, id, reason))) return false;
      await audit(tx.db, context, 'batch.seal', { kind: 'batch', id }, { after: { reason } });
      return true;
    });
  }
  return rows.length;
}
