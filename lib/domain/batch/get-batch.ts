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

/** One batch of the organization, whole. @throws `not-found` */
export async function getBatch(context: Context, batchId: string, db: Queryable = pool()): Promise<BatchDto> {
  const [row] = await readRows<BatchRow>(BATCH_SELECT, context, [batchId], db);
  if (!row) throw notFound('batch', batchId);
  return toBatchDto(row);
}

/** Those of the given batches that exist in the organization, as a list says them, from one snapshot. */
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

/** The summary that `ParentChildJobManager.getParentJobStatus` gives. @throws `not-found` */
export async function getBatchStatus(context: Context, batchId: string): Promise<BatchStatusDto> {
  const { status, progress, completed, failed, total, sealed, announced } = await getBatch(context, batchId);
  // What is announced and has not come yet belongs to the whole.
  return { status, progress, completed, failed, total: sealed ? total : Math.max(total, announced ?? 0) };
}
