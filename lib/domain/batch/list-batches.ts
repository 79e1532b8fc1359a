import type { BatchDto, ListBatchesQuery } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { likePattern } from '@/lib/domain/like';
import { BATCH_LIST_SELECT, type ListedBatchRow, toListedBatch } from './rows';

/** Batches of the organization, newest first. The cursor is the last id of the page before. */
export async function listBatches(
  context: Context,
  query: ListBatchesQuery,
): Promise<{ batches: BatchDto[]; nextCursor: string | null }> {
  const where = ['b.organization_id = $1'];
  const values: unknown[] = [context.organizationId];
  const add = (condition: (p: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (query.status) add((p) => `b.status = any(${p}::text[])`, query.status);
  if (query.type) add((p) => `b.type = ${p}`, query.type);
  if (query.q) add((p) => `b.name ilike ${p}`, likePattern(query.q));
  if (query.cursor && isId(query.cursor)) add((p) => `b.id < ${p}::uuid`, query.cursor);
  values.push(query.limit + 1);
  const { rows } = await pool().query<ListedBatchRow>(
    `${BATCH_LIST_SELECT} where ${where.join(' and ')} order by b.id desc limit $${values.length}`,
    values,
  );
  const page = rows.slice(0, query.limit);
  return { batches: page.map(toListedBatch), nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}
