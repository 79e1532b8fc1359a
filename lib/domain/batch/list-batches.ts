import type { BatchDto, ListBatchesQuery } from '@/lib/contracts/batch';
import type { SearchedDto } from '@/lib/contracts/job';
import { likePattern } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { isSeen } from '@/lib/domain/query/patterns';
import { openScope, requireQuery, termsOf } from '@/lib/domain/query/scope';
import { searchBatches } from '@/lib/domain/query/search-batches';
import { openDoor } from '@/lib/domain/redaction/door';
import { BATCH_LIST_SELECT, type ListedBatchRow, toListedBatch } from './batch-row';

/**
 * Lists batches of the organization, newest first. The cursor is the last id of the previous page. With a `query` it
 * returns how far it searched.
 * @throws DomainError `invalid-query`, `forbidden`
 */
export async function listBatches(
  context: Context,
  query: ListBatchesQuery,
): Promise<{ batches: BatchDto[]; nextCursor: string | null; searched?: SearchedDto }> {
  requirePermission(context, 'batch.see');
  if (query.query !== undefined) return findBatches(context, query, query.query);
  const where = [sql`b.organization_id = ${context.organizationId}`];
  if (query.status) where.push(sql`b.status = any(${query.status}::text[])`);
  if (query.type) where.push(sql`b.type = ${query.type}`);
  const door = await openDoor(context);
  if (query.q) where.push(sql`b.name ilike ${likePattern(query.q)} and ${isSeen(sql`b.name`, door)}`);
  if (query.cursor && isId(query.cursor)) where.push(sql`b.id < ${query.cursor}::uuid`);
  const { rows } = await pool().query<ListedBatchRow>(
    sql`${BATCH_LIST_SELECT} where ${sql.join(where, ' and ')} order by b.id desc limit ${query.limit + 1}`,
  );
  const page = rows.slice(0, query.limit);
  return {
    batches: page.map((row) => toListedBatch(row, door)),
    nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** Lists the batches that match a query, and the other parameters as terms of it. */
async function findBatches(context: Context, params: ListBatchesQuery, text: string) {
  const given = requireQuery(text, 'batches');
  const scope = await openScope(context, given, 'batches');
  const { ids, nextCursor, searched } = await searchBatches({ terms: [...given.terms, ...termsOf(params)] }, scope, {
    cursor: params.cursor,
    limit: params.limit,
  });
  const { rows } = await pool().query<ListedBatchRow>(
    sql`${BATCH_LIST_SELECT} where b.id = any(${ids}::uuid[]) order by b.id desc`,
  );
  return { batches: rows.map((row) => toListedBatch(row, scope.door)), nextCursor, searched };
}
