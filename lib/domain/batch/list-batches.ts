import type { BatchDto, ListBatchesQuery } from '@/lib/contracts/batch';
import { likePattern } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openDoor } from '@/lib/domain/redaction/door';
import { BATCH_LIST_SELECT, type ListedBatchRow, toListedBatch } from './batch-row';

/** Lists batches of the organization, newest first. The cursor is the last id of the previous page. */
export async function listBatches(
  context: Context,
  query: ListBatchesQuery,
): Promise<{ batches: BatchDto[]; nextCursor: string | null }> {
  requirePermission(context, 'batch.see');
  const where = [sql`b.organization_id = ${context.organizationId}`];
  if (query.status) where.push(sql`b.status = any(${query.status}::text[])`);
  if (query.type) where.push(sql`b.type = ${query.type}`);
  if (query.q) where.push(sql`b.name ilike ${likePattern(query.q)}`);
  if (query.cursor && isId(query.cursor)) where.push(sql`b.id < ${query.cursor}::uuid`);
  const { rows } = await pool().query<ListedBatchRow>(
    sql`${BATCH_LIST_SELECT} where ${sql.join(where, ' and ')} order by b.id desc limit ${query.limit + 1}`,
  );
  const page = rows.slice(0, query.limit);
  const door = await openDoor(context);
  return {
    batches: page.map((row) => toListedBatch(row, door)),
    nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
  };
}
