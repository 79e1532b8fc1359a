import { env } from '@/lib/config/env';
import type { AddItemsResult } from '@/lib/contracts/batch';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import type { BatchStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { isUniqueViolation } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { optionsOf } from '@/lib/domain/defaults';
import { DomainError, notFound } from '@/lib/domain/errors';
import { useFiles } from '@/lib/domain/file/use-files';
import { type Repeatable, requireSameRequest } from '@/lib/domain/idempotency';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { track } from '@/lib/domain/monitoring/track';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import { requireRows, rowGuard } from '@/lib/domain/organization/limits/require-room';
import { indexChildren } from '@/lib/domain/query/search-keys';
import { publish, publishChanges } from '@/lib/events/relay';
import type { JobType } from '@/lib/job-types/catalogue';
import type { LaunchItem } from './check-items';
import { copyItems } from './copy-items';
import { batchSealed, joinBatch } from './join-batch';

/** `existing`: an earlier request with the same idempotency key added the items. */
export interface Added {
  outcome: 'added' | 'existing';
  result: AddItemsResult;
}

/**
 * Appends items to an unsealed batch: validates every item and writes all rows in one transaction, or none. Items are
 * streamed: memory use does not depend on their number. Locks are held only while the rows join the dispatch order.
 * @throws DomainError `not-found`, `batch-sealed`, `empty-batch`, `invalid-items`, `payload-too-large`,
 *   `limit-exceeded`, `forbidden`, `idempotency-key-reused`
 */
export async function addItems(
  context: Context,
  batchId: string,
  input: { items: AsyncIterable<LaunchItem>; seal?: boolean } & Repeatable,
): Promise<Added> {
  requirePermission(context, 'batch.change');
  const target = await findTarget(pool(), context, batchId);
  const known = await findAddition(context, batchId, input);
  if (known) return known;
  await requireAllowedTypes(context, [requireJobType(target.type)]);
  // An early check, so that a long upload is not read for nothing. The check under the lock at the end decides.
  if (target.closed) throw batchSealed();
  const requireRoom = await rowGuard(context);
  try {
    const result = await transaction((tx) => insertItems(tx, context, batchId, target, { ...input, requireRoom }));
    track(
      context,
      'parent-job.child-registered',
      { parentJobId: batchId, correlationId: target.correlation_id, children: result.added },
      result.added,
    );
    return { outcome: 'added', result };
  } catch (error) {
    const raced = isUniqueViolation(error) && (await findAddition(context, batchId, input));
    if (raced) return raced;
    throw error;
  }
}

interface Target {
  type: JobType;
  options: BatchOptions;
  closed: boolean;
  correlation_id: string;
  searchable: string[] | null;
  name_by: string | null;
}

async function findTarget(db: Queryable, context: Context, batchId: string): Promise<Target> {
  if (!isId(batchId)) throw notFound('batch', batchId);
  const { rows } = await db.query<Target>(
    sql`select type, options, correlation_id, searchable, name_by, sealed or finished_at is not null as closed from batch
     where id = ${batchId} and organization_id = ${context.organizationId}`,
  );
  if (!rows[0]) throw notFound('batch', batchId);
  return rows[0];
}

async function insertItems(
  tx: Transaction,
  context: Context,
  batchId: string,
  { type, options, searchable, name_by: nameBy }: Target,
  input: { items: AsyncIterable<LaunchItem>; seal?: boolean; requireRoom: (count: number) => void } & Repeatable,
): Promise<AddItemsResult> {
  const { db } = tx;
  const { maxAttempts, priority, backoff } = optionsOf(type, options);
  // Staged in a temporary table: the item indexes are known only after the last item was received.
  await db.query(
    sql`create temp table added_item on commit drop as
     select id, organization_id, type, status, batch_id, item_index, max_attempts, priority, backoff, name, data
     from job with no data`,
  );
  const shared = { organizationId: context.organizationId, type, batchId, maxAttempts, priority, backoff };
  const { requireRoom } = input;
  const { count: added, files } = await copyItems(db, input.items, {
    shared,
    table: 'added_item',
    nameBy,
    requireRoom,
  });
  if (added === 0) throw new DomainError('empty-batch', 'There is no item to add.');
  const place = await joinBatch(db, batchId, { count: added, seal: input.seal, limit: env().MAX_BATCH_ITEMS });
  await db.query(
    sql`insert into job (id, organization_id, type, status, batch_id, item_index, seq, max_attempts, priority, backoff, name, data)
     select id, organization_id, type, status, batch_id, item_index + ${place.firstIndex}::int, ${place.lastSeq}::int + 1 + item_index, max_attempts, priority,
       backoff, name, data from added_item`,
  );
  await indexChildren(db, searchable ?? [], sql`r.id in (select id from added_item)`);
  await useFiles(db, context.organizationId, batchId, files, sql`j.id in (select id from added_item)`);
  if (input.idempotencyKey !== undefined) {
    await db.query(
      sql`insert into batch_addition (batch_id, key, added, idempotency_hash) values (${batchId}, ${input.idempotencyKey}, ${added}, ${await input.requestHash?.()})`,
    );
  }
  await audit(
    db,
    context,
    'batch.add-items',
    { kind: 'batch', id: batchId },
    { after: { added, sealed: place.sealed } },
  );
  await requireRows(db, context);
  tx.afterCommit(() =>
    Promise.all([
      publish('control', { dispatch: [batchId], startQueued: true }),
      publishChanges({ batches: [batchId] }),
    ]),
  );
  return { batchId, added, total: place.firstIndex + added, sealed: place.sealed, status: place.status };
}

interface AdditionRow {
  added: number;
  total: number;
  sealed: boolean;
  status: BatchStatus;
  hash: string | null;
}

async function findAddition(context: Context, batchId: string, request: Repeatable): Promise<Added | undefined> {
  const { idempotencyKey: key } = request;
  if (key === undefined) return undefined;
  const { rows } = await pool().query<AdditionRow>(
    sql`select a.added, a.idempotency_hash as hash, b.total, b.sealed, b.status from batch_addition a join batch b on b.id = a.batch_id
     where a.batch_id = ${batchId} and a.key = ${key} and b.organization_id = ${context.organizationId}`,
  );
  if (!rows[0]) return undefined;
  const { hash, ...result } = rows[0];
  await requireSameRequest(hash, request);
  return { outcome: 'existing', result: { batchId, ...result } };
}
