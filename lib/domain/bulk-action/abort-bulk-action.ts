import type { BulkActionDto } from '@/lib/contracts/bulk-action';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { findBulkAction, loadBulkAction, starterOf } from './bulk-action-row';
import { groupKind } from './run/chunk';
import { closeGroup } from './run/close-group';

/**
 * Ends a bulk action between two of its transactions. What it has changed stays changed, and the other jobs stay as they
 * are. It is safe to call it twice.
 * @throws DomainError `not-found`, `forbidden`, `already-finished`
 */
export async function abortBulkAction(context: Context, id: string): Promise<BulkActionDto> {
  requirePermission(context, 'bulk-action.abort', 'abort a bulk action');
  await transaction(async (tx) => {
    const action = await findBulkAction(tx.db, context, id, sql`for update`);
    if (action.status === 'aborted') return;
    if (action.status !== 'running') {
      throw new DomainError('already-finished', 'This bulk action has dealt with all of its jobs already.');
    }
    if (action.atGroup !== null) {
      const kind = await groupKind(tx.db, action, action.atGroup);
      await closeGroup(tx, starterOf(action), action, { kind, groupId: action.atGroup, count: action.inGroup });
    }
    await tx.db.query(
      sql`update bulk_action set status = 'aborted', finished_at = now(), next_at = null, unsealed = null, in_group = 0,
         aborted_by = ${context.actor.name} where id = ${action.id}`,
    );
    const { action: verb, matched, done, failed, skipped } = action;
    const after = { action: verb, matched, done, failed, skipped };
    await audit(tx.db, context, 'bulk-action.abort', { kind: 'bulk-action', id: action.id, name: verb }, { after });
  });
  return loadBulkAction(context, id);
}
