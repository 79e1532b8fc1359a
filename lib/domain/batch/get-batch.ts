import type { BatchDto, BatchStatusDto } from '@/lib/contracts/batch';
import { isId, pool, type Sql } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { BATCH_SELECT, type BatchRow, toBatchDto } from './rows';

/** One batch of the organisation. @throws `not-found` */
export async function getBatch(context: Context, batchId: string, sql: Sql = pool()): Promise<BatchDto> {
  const [batch] = await getBatches(context, [batchId], sql);
  if (!batch) throw notFound('batch', batchId);
  return batch;
}

/** Those of the given batches that exist in the organisation, from one snapshot. */
export async function getBatches(context: Context, batchIds: string[], sql: Sql = pool()): Promise<BatchDto[]> {
  const ids = batchIds.filter(isId);
  if (ids.length === 0) return [];
  const { rows } = await sql.query<BatchRow>(
    `${BATCH_SELECT} where b.id = any($1::uuid[]) and b.organization_id = $2`,
    [ids, context.organizationId],
  );
  return rows.map(toBatchDto);
}

/** The summary that `ParentChildJobManager.getParentJobStatus` gives. @throws `not-found` */
export async function getBatchStatus(context: Context, batchId: string): Promise<BatchStatusDto> {
  const { status, progress, completed, failed, total, sealed, announced } = await getBatch(context, batchId);
  // What is announced and has not come yet belongs to the whole.
  return { status, progress, completed, failed, total: sealed ? total : Math.max(total, announced ?? 0) };
}
