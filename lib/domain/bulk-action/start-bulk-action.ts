import type { BulkActionDto } from '@/lib/contracts/bulk-action';
import { stringifyJson } from '@/lib/contracts/json';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { queryAt } from '@/lib/domain/query/scope';
import { HIDDEN } from '@/lib/domain/redaction/door';
import { hintControl } from '@/lib/events/relay';
import { BULK_ACTION_COLUMNS, type BulkActionRow, loadBulkAction, ofAction } from './bulk-action-row';
import { requireAction } from './require-action';

/**
 * Starts the bulk action of an estimate; supervisors carry it out. Only who asked for the estimate can start it. The same
 * token again changes nothing.
 * @returns whether this call started it
 * @throws DomainError `forbidden`, `not-found` for an unknown token, `estimate-expired`
 */
export async function startBulkAction(
  context: Context,
  token: string,
): Promise<{ bulkAction: BulkActionDto; started: boolean }> {
  requirePermission(context, 'bulk-action.create', 'change many jobs at once');
  const { organizationId, actor, credential, origin } = context;
  const started = await transaction(async ({ db }) => {
    const { rows } = isId(token)
      ? await db.query<BulkActionRow>(
          sql`select ${BULK_ACTION_COLUMNS} from bulk_action a where a.id = ${token}::uuid and a.organization_id = ${organizationId}
            and a.created_by_id = ${actor.id} and a.status <> 'selecting' for update`,
        )
      : { rows: [] };
    const [row] = rows;
    if (!row) throw unknownToken();
    await requireAction(context, row.action, ofAction(row));
    if (row.status !== 'estimated') return false;
    if (row.isExpired) throw expired();
    const by = { actor: { kind: actor.kind, id: actor.id, name: actor.name }, credential, origin };
    await db.query(
      sql`update bulk_action set status = 'running', created_at = now(), next_at = now(), expires_at = null,
         started_by = ${stringifyJson(by)}::json where id = ${row.id}`,
    );
    const { action, matched, skipped, ratePerMinute, note, query, set, tags } = row;
    // Who may not see contents gets the query without the values that were searched for.
    const after = {
      action,
      matched,
      changes: matched - skipped,
      ratePerMinute,
      note,
      query: query && queryAt(HIDDEN, query, 'jobs'),
      payload: query || set || tags ? { query, set, tags } : undefined,
    };
    await audit(db, context, 'bulk-action.start', { kind: 'bulk-action', id: row.id, name: action }, { after });
    return true;
  });
  if (started) await hintControl({ startQueued: true });
  return { bulkAction: await loadBulkAction(context, token), started };
}

export const unknownToken = () =>
  new DomainError(
    'not-found',
    'There is no estimate with this token, or somebody else asked for it. Ask for one with `dry: true`, and send its token.',
  );

export const expired = () =>
  new DomainError(
    'estimate-expired',
    'This estimate has expired, and nothing was changed. Ask for another one: other jobs may match by now.',
  );
