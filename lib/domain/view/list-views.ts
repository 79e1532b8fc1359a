import { type ListViewsQuery, MAX_VIEWS, type ViewDto } from '@/lib/contracts/view';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { countView } from './count-view';
import { toViewDto, VIEW_COLUMNS, type ViewRow } from './view-row';

/** Milliseconds for all counts of a request. What is not counted then is null, until somebody asks again. */
const COUNTING_MS = 1_000;

/** Lists one's own views and those that are shared, each in their order. */
export async function listViews(
  context: Context,
  { of, counts }: ListViewsQuery,
): Promise<{ views: ViewDto[]; nextCursor: null }> {
  requirePermission(context, 'view.see');
  const { rows } = await pool().query<ViewRow>(
    sql`select ${VIEW_COLUMNS} from saved_view v where v.organization_id = ${context.organizationId} and (v.shared or v.owner_id = ${context.actor.id})
     and (${of ?? null}::text is null or v.of = ${of ?? null}::text) order by v.shared, v.position, v.id limit ${2 * MAX_VIEWS}`,
  );
  const views = rows.map((row) => toViewDto(row, context));
  if (!counts) return { views, nextCursor: null };
  const until = performance.now() + COUNTING_MS;
  for (const view of views) view.count = await countView(context, view, until);
  return { views, nextCursor: null };
}
