import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { type CreateViewBody, MAX_VIEWS, type ViewDto } from '@/lib/contracts/view';
import { newId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { requireQuery } from '@/lib/domain/query/scope';
import { clearDefault } from './update-view';
import { auditedView, toViewDto, VIEW_COLUMNS, type ViewRow } from './view-row';

/**
 * Saves a query as a view, at the end of one's own or of the shared ones.
 * @throws DomainError `invalid-query`, `limit-exceeded`, `forbidden`
 */
export async function createView(context: Context, body: CreateViewBody): Promise<ViewDto> {
  requirePermission(context, 'view.create');
  if (body.shared) requirePermission(context, 'view.share');
  requireQuery(body.query, body.of);
  const { actor, organizationId } = context;
  const userId = actor.kind === 'user' && !body.shared ? actor.id : null;
  return transaction(async ({ db }) => {
    const position = await nextPosition(db, context, body.shared);
    if (body.isDefault) await clearDefault(db, context, body);
    const { rows } = await db.query<ViewRow>(
      sql`insert into saved_view as v (id, organization_id, of, name, query, columns, shared, is_default, position, owner_id, user_id, created_by)
       values (${newId()}::uuid, ${organizationId}, ${body.of}, ${body.name}, ${body.query}, ${body.columns ? stringifyJson(body.columns) : null}::json,
         ${body.shared}, ${body.isDefault}, ${position}::int, ${actor.id}, ${userId}, ${actor.name})
       returning ${VIEW_COLUMNS}`,
    );
    const row = must(rows[0], 'The saved view');
    await audit(db, context, 'view.create', { kind: 'view', id: row.id, name: row.name }, { after: auditedView(row) });
    return toViewDto(row, context);
  });
}

/** Returns the place behind the last view. @throws DomainError `limit-exceeded` */
async function nextPosition(db: Queryable, { actor, organizationId }: Context, shared: boolean): Promise<number> {
  const { rows } = await db.query<{ count: number; next: number }>(
    sql`select count(*)::int as count, coalesce(max(v.position) + 1, 0)::int as next from saved_view v
     where v.organization_id = ${organizationId} and v.shared = ${shared} and (v.shared or v.owner_id = ${actor.id})`,
  );
  const { count = 0, next = 0 } = rows[0] ?? {};
  if (count >= MAX_VIEWS) {
    const whose = shared ? 'An organization shares' : 'You have';
    throw new DomainError('limit-exceeded', `${whose} ${MAX_VIEWS} views at most. Delete one first.`);
  }
  return next;
}
