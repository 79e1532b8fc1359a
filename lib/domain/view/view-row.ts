import type { ViewDto, ViewList } from '@/lib/contracts/view';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';

export const VIEW_COLUMNS = sql`v.id, v.of, v.name, v.query, v.columns, v.shared, v.is_default, v.position, v.owner_id, v.created_by, v.created_at, v.updated_at`;

export interface ViewRow {
  id: string;
  of: ViewList;
  name: string;
  query: string;
  columns: string[] | null;
  shared: boolean;
  is_default: boolean;
  position: number;
  owner_id: string;
  created_by: string;
  created_at: Date;
  updated_at: Date;
}

export const toViewDto = (row: ViewRow, { actor }: Context): ViewDto => ({
  id: row.id,
  name: row.name,
  of: row.of,
  query: row.query,
  columns: row.columns,
  shared: row.shared,
  isDefault: row.is_default,
  position: row.position,
  mine: row.owner_id === actor.id,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
});

/** Returns a view that the caller sees: an own one, or a shared one, and locks it. @throws DomainError `not-found` */
export async function lockView(db: Queryable, context: Context, id: string): Promise<ViewRow> {
  const { rows } = isId(id)
    ? await db.query<ViewRow>(
        sql`select ${VIEW_COLUMNS} from saved_view v where v.id = ${id}::uuid and v.organization_id = ${context.organizationId}
          and (v.shared or v.owner_id = ${context.actor.id}) for update`,
      )
    : { rows: [] };
  if (!rows[0]) throw notFound('view', id);
  // What everybody sees is not changed by those who may only look.
  if (rows[0].shared) requirePermission(context, 'view.share');
  return rows[0];
}

/** What the audit log keeps of a view. */
export const auditedView = ({ of, name, query, shared, is_default: isDefault }: ViewRow) => ({
  of,
  name,
  query,
  shared,
  isDefault,
});
