import type { FlowSummaryDto, ListFlowsQuery } from '@/lib/contracts/flow';
import type { SearchedDto } from '@/lib/contracts/job';
import { likePattern } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { flowStatusIs } from '@/lib/domain/query/flow-condition';
import { isSeen } from '@/lib/domain/query/patterns';
import { openScope, requireQuery, termsOf } from '@/lib/domain/query/scope';
import { searchFlows } from '@/lib/domain/query/search-batches';
import { openDoor } from '@/lib/domain/redaction/door';
import { FLOW_SELECT, type FlowRow, toFlowSummary } from './flow-row';

/**
 * Lists flows of the organization, newest first. `cursor` is the last id of the previous page. With a `query` it returns
 * how far it searched.
 * @throws DomainError `invalid-query`, `forbidden`
 */
export async function listFlows(
  context: Context,
  query: ListFlowsQuery,
): Promise<{ flows: FlowSummaryDto[]; nextCursor: string | null; searched?: SearchedDto }> {
  requirePermission(context, 'flow.see');
  if (query.query !== undefined) return findFlows(context, query, query.query);
  const door = await openDoor(context);
  const where = [sql`f.organization_id = ${context.organizationId}`];
  if (query.status && query.status.length > 0)
    where.push(
      sql`(${sql.join(
        query.status.map((status) => flowStatusIs(status)),
        ' or ',
      )})`,
    );
  if (query.q && isId(query.q)) where.push(sql`f.id = (select flow_id from job where id = ${query.q}::uuid)`);
  else if (query.q) where.push(sql`f.name ilike ${likePattern(query.q)} and ${isSeen(sql`f.name`, door)}`);
  if (query.cursor && isId(query.cursor)) where.push(sql`f.id < ${query.cursor}::uuid`);
  const { rows } = await pool().query<FlowRow>(
    sql`${FLOW_SELECT} where ${sql.join(where, ' and ')} order by f.id desc limit ${query.limit + 1}`,
  );
  const page = rows.slice(0, query.limit);
  return {
    flows: page.map((row) => toFlowSummary(row, door)),
    nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** Lists the flows that match a query, and the other parameters as terms of it. */
async function findFlows(context: Context, params: ListFlowsQuery, text: string) {
  const given = requireQuery(text, 'flows');
  const scope = await openScope(context, given, 'flows');
  const { ids, nextCursor, searched } = await searchFlows({ terms: [...given.terms, ...termsOf(params)] }, scope, {
    cursor: params.cursor,
    limit: params.limit,
  });
  const { rows } = await pool().query<FlowRow>(sql`${FLOW_SELECT} where f.id = any(${ids}::uuid[]) order by f.id desc`);
  return { flows: rows.map((row) => toFlowSummary(row, scope.door)), nextCursor, searched };
}
