import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import type { UpdateViewBody, ViewDto, ViewList } from '@/lib/contracts/view';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { requireQuery } from '@/lib/domain/query/scope';
import { auditedView, lockView, toViewDto, VIEW_COLUMNS, type ViewRow } from './view-row';

/**
 * Changes a view: an own one, or a shared one with the permission to share.
 * @throws DomainError `not-found`, `invalid-query`, `forbidden`
 */
export async function updateView(context: Context, id: string, body: UpdateViewBody): Promise<ViewDto> {
  requirePermission(context, 'view.update');
  if (body.shared) requirePermission(context, 'view.share');
  return transaction(async ({ db }) => {
    const before = await lockView(db, context, id);
    const of = body.of ?? before.of;
    const query = body.query ?? before.query;
    const shared = body.shared ?? before.shared;
    const isDefault = body.isDefault ?? (before.is_default && of === before.of && shared === before.shared);
    requireQuery(query, of);
    if (isDefault) await clearDefault(db, context, { of, shared });
    const columns = body.columns === undefined ? before.columns : body.columns;
    const isUser = context.actor.kind === 'user' && before.owner_id === context.actor.id;
    const { rows } = await db.query<ViewRow>(
      sql`update saved_view v set of = ${of}, name = ${body.name ?? before.name}, query = ${query},
         columns = ${columns ? stringifyJson(columns) : null}::json, shared = ${shared}, is_default = ${isDefault},
         user_id = case when ${shared} then null when ${isUser} then ${context.actor.id}::text else v.user_id end, updated_at = now()
       where v.id = ${id}::uuid returning ${VIEW_COLUMNS}`,
    );
    let after = must(rows[0], 'The changed view');
    if (body.position !== undefined) after = { ...after, position: await move(db, context, after, body.position) };
    const target = { kind: 'view', id, name: after.name };
    await audit(db, context, 'view.update', target, { before: auditedView(before), after: auditedView(after) });
    return toViewDto(after, context);
  });
}

/** Takes the default from the view that has it. */
export async function clearDefault(
  db: Queryable,
  { actor, organizationId }: Context,
  { of, shared }: { of: ViewList; shared: boolean },
): Promise<void> {
  await db.query(
    sql`update saved_view v set is_default = false where v.organization_id = ${organizationId} and v.of = ${of} and v.is_default
     and v.shared = ${shared} and (v.shared or v.owner_id = ${actor.id})`,
  );
}

/** Moves a view among its neighbors, and numbers them again. @returns its new place */
async function move(db: Queryable, { actor, organizationId }: Context, view: ViewRow, wanted: number): Promise<number> {
  const { rows } = await db.query<{ id: string }>(
    sql`select v.id from saved_view v where v.organization_id = ${organizationId} and v.shared = ${view.shared}
     and (v.shared or v.owner_id = ${actor.id}) order by v.position, v.id for update`,
  );
  const others = rows.map((row) => row.id).filter((id) => id !== view.id);
  const place = Math.min(wanted, others.length);
  const order = others.toSpliced(place, 0, view.id);
  await db.query(
    sql`update saved_view v set position = (o.place - 1)::int from unnest(${order}::uuid[]) with ordinality as o(id, place) where v.id = o.id`,
  );
  return place;
}
