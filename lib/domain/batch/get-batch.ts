import type { BatchDto, BatchStatusDto } from '@/lib/contracts/batch';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';
import {
  BATCH_LIST_SELECT,
  BATCH_SELECT,
  type BatchRow,
  type ListedBatchRow,
  toBatchDto,
  toListedBatch,
} from './batch-row';

/** Returns one batch of the organization with all of its fields. @throws DomainError `forbidden`, `not-found` */
export async function getBatch(context: Context, batchId: string): Promise<BatchDto> {
  requirePermission(context, 'batch.see');
  return loadBatch(context, batchId);
}

/** Returns a batch to whoever may act on it, for the answer of the action. @throws DomainError `not-found` */
export async function loadBatch(context: Context, batchId: string, db: Queryable = pool()): Promise<BatchDto> {
  const [row] = await readRows<BatchRow>(BATCH_SELECT, context, [batchId], db);
  if (!row) throw notFound('batch', batchId);
  return toBatchDto(row, await openDoor(context));
}

/** Returns those of the given batches that exist in the organization, from one snapshot, with the fields of a list. */
export async function getBatches(context: Context, batchIds: string[]): Promise<BatchDto[]> {
  requirePermission(context, 'batch.see');
  return loadBatches(context, batchIds);
}

export async function loadBatches(context: Context, batchIds: string[]): Promise<BatchDto[]> {
  const door = await openDoor(context);
  const rows = await readRows<ListedBatchRow>(BATCH_LIST_SELECT, context, batchIds, pool());
  return rows.map((row) => toListedBatch(row, door));
}

/**
 * Returns what a call needs to know about a batch before its body is read, so that a batch of another organization is
 * always a 404, whatever the body is.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function findBatchFor(
  context: Context,
  permission: 'batch.change' | 'batch.edit',
  batchId: string,
): Promise<{ id: string; type: string }> {
  requirePermission(context, permission);
  const { rows } = isId(batchId)
    ? await pool().query<{ id: string; type: string }>(
        sql`select id, type from batch where id = ${batchId} and organization_id = ${context.organizationId}`,
      )
    : { rows: [] };
  if (!rows[0]) throw notFound('batch', batchId);
  return rows[0];
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
  requirePermission(context, 'batch.see');
  const { status, progress, completed, failed, total, sealed, announced } = await loadBatch(context, batchId);
  // Announced items count in the total before they are added.
  return { status, progress, completed, failed, total: sealed ? total : Math.max(total, announced ?? 0) };
}
