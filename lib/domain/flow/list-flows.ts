import type { FlowStatus, FlowSummaryDto, ListFlowsQuery } from '@/lib/contracts/flow';
import { likePattern } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { FLOW_SELECT, type FlowRow, toFlowSummary } from './flow-row';

const STARTED = sql`exists (select from job j where j.flow_id = f.id and (j.outcome is not null or j.started_at is not null))`;

/** Finished flows store their status. Of an open flow the nodes decide whether anything has started. */
function statusIs(status: FlowStatus): Sql {
  if (status === 'pending') return sql`(f.finished_at is null and not ${STARTED})`;
  if (status === 'in-progress') return sql`(f.finished_at is null and ${STARTED})`;
  return sql`f.status = ${status}`;
}

/** Lists flows of the organization, newest first. `cursor` is the last id of the previous page. */
export async function listFlows(
  context: Context,
  query: ListFlowsQuery,
): Promise<{ flows: FlowSummaryDto[]; nextCursor: string | null }> {
  requirePermission(context, 'flow.see');
  const where = [sql`f.organization_id = ${context.organizationId}`];
  if (query.status && query.status.length > 0) where.push(sql`(${sql.join(query.status.map(statusIs), ' or ')})`);
  if (query.q && isId(query.q)) where.push(sql`f.id = (select flow_id from job where id = ${query.q}::uuid)`);
  else if (query.q) where.push(sql`f.name ilike ${likePattern(query.q)}`);
  if (query.cursor && isId(query.cursor)) where.push(sql`f.id < ${query.cursor}::uuid`);
  const { rows } = await pool().query<FlowRow>(
    sql`${FLOW_SELECT} where ${sql.join(where, ' and ')} order by f.id desc limit ${query.limit + 1}`,
  );
  const page = rows.slice(0, query.limit);
  return { flows: page.map(toFlowSummary), nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}
