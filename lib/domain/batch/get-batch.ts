import type { BatchDto, BatchStatusDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import {
  BATCH_LIST_SELECT,
  BATCH_SELECT,
  type BatchRow,
  type ListedBatchRow,
  toBatchDto,
  toListedBatch,
} from './batch-row';

/** Returns one batch of the organization with all of its fields. @throws `not-found` */
export async function getBatch(context: Context, batchId: string, db: Queryable = pool()): Promise<BatchDto> {
  const [row] = await readRows<BatchRow>(BATCH_SELECT, context, [batchId], db);
  if (!row) throw notFound('batch', batchId);
  return toBatchDto(row);
}

/** Returns those of the given batches that exist in the organization, from one snapshot, with the fields of a list. */
export async function getBatches(context: Context, batchIds: string[]): Promise<BatchDto[]> {
  return (await readRows<ListedBatchRow>(BATCH_LIST_SELECT, context, batchIds, pool())).map(toListedBatch);
}

async function readRows<R extends BatchRow | ListedBatchRow>(
  select: Sql,
  context: Context,
  batchIds: string[],
  db: Queryable,
): Promise<R[]> {
  const ids = batchIds.filter(isId);
  if (ids.length === 0) return [];
  const { rows } = await db.query<R>(
    sql`${select} where b.id = any(${ids}::uuid[]) and b.organization_id = ${context.organizationId}`,
  );
  return rows;
}

/** Returns the summary for `ParentChildJobManager.getParentJobStatus`. @throws `not-found` */
export async function getBatchStatus(context: Context, batchId: string): Promise<BatchStatusDto> {
  const { status, progress, completed, failed, total, sealed, announced } = await getBatch(context, batchId);
  // Announced items count in the total before they are added.
  return { status, progress, completed, failed, total: sealed ? total : Math.max(total, announced ?? 0) };
}
