import type { FlowStatus, FlowSummaryDto, ListFlowsQuery } from '@/lib/contracts/flow';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { likePattern } from '@/lib/domain/like';
import { FLOW_SELECT, type FlowRow, toFlowSummary } from './rows';

const BEGUN = `exists (select from job j where j.flow_id = f.id and (j.outcome is not null or j.started_at is not null))`;

/** Finished flows say it themselves; of an open one its nodes tell whether anything has begun. */
function statusIs(status: FlowStatus): string {
  if (status === 'pending') return `(f.finished_at is null and not ${BEGUN})`;
  if (status === 'in-progress') return `(f.finished_at is null and ${BEGUN})`;
  return `f.status = '${status}'`;
}

/** Flows of the organization, newest first; `cursor` is the last id of the page before. */
export async function listFlows(
  context: Context,
  query: ListFlowsQuery,
): Promise<{ flows: FlowSummaryDto[]; nextCursor: string | null }> {
  const values: unknown[] = [context.organizationId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['f.organization_id = $1'];
  if (query.status && query.status.length > 0) where.push(`(${query.status.map(statusIs).join(' or ')})`);
  if (query.q && isId(query.q)) where.push(`f.id = (select flow_id from job where id = ${put(query.q)}::uuid)`);
  else if (query.q) where.push(`f.name ilike ${put(likePattern(query.q))}`);
  if (query.cursor && isId(query.cursor)) where.push(`f.id < ${put(query.cursor)}::uuid`);
  const { rows } = await pool().query<FlowRow>(
    `${FLOW_SELECT} where ${where.join(' and ')} order by f.id desc limit ${put(query.limit + 1)}`,
    values,
  );
  const page = rows.slice(0, query.limit);
  return { flows: page.map(toFlowSummary), nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}
