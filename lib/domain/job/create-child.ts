import { env } from '@/lib/config/env';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import type { CreateJobBody } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import { isId, newId } from '@/lib/db/ids';
import { isUniqueViolation } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { delayChild, holdChild, SEQ_UNASSIGNED } from '@/lib/domain/batch/delayed-children';
import { joinBatch } from '@/lib/domain/batch/join-batch';
import { type Context, requirePermission } from '@/lib/domain/context';
import { optionsOf } from '@/lib/domain/defaults';
import { notFound } from '@/lib/domain/errors';
import { useFilesOf } from '@/lib/domain/file/use-files';
import type { Repeatable } from '@/lib/domain/idempotency';
import { track, trackRefusal } from '@/lib/domain/monitoring/track';
import { requireRows } from '@/lib/domain/organization/limits/require-room';
import { indexJobs } from '@/lib/domain/query/search-keys';
import { publish, publishChanges } from '@/lib/events/relay';
import type { JobType } from '@/lib/job-types/catalogue';
import { itemName } from './item-name';

/** Input that `createJob` has validated. */
interface CheckedChild {
  type: JobType;
  data: unknown;
  /** when it may start */
  due: Date | undefined;
  /** its row is created before its message is sent: `sendChild` queues it */
  held?: boolean;
}

/**
 * Creates one job as a child of a batch that is not sealed: it runs under the batch's limits and counts in it. Its own
 * priority, attempts and backoff override those of the batch. With a start time of its own it is queued at that time.
 * @returns its id, or undefined if the idempotency key was used before
 * @throws DomainError `not-found`, `batch-sealed`, `payload-too-large`, `limit-exceeded`
 */
export async function createChild(
  context: Context,
  body: CreateJobBody,
  child: CheckedChild,
  request: Repeatable = {},
): Promise<string | undefined> {
  requirePermission(context, 'job.launch');
  const parentJobId = must(body.parentJobId, 'parentJobId');
  try {
    const made = await transaction((tx) => insertChild(tx, context, parentJobId, body, child, request));
    const { id, correlationId } = made;
    track(context, 'parent-job.child-registered', { parentJobId, correlationId, jobId: id });
    return id;
  } catch (error) {
    if (request.idempotencyKey !== undefined && isUniqueViolation(error)) return undefined;
    const { message, code } = error as Error & { code?: string };
    await trackRefusal(context, parentJobId, { code, error: message });
    throw error;
  }
}

async function insertChild(
  tx: Transaction,
  context: Context,
  parentJobId: string,
  body: CreateJobBody,
  { type, data, due, held }: CheckedChild,
  request: Repeatable,
): Promise<{ id: string; correlationId: string }> {
  const { db } = tx;
  const { rows } = isId(parentJobId)
    ? await db.query<{ options: BatchOptions; correlation_id: string; is_searchable: boolean }>(
        sql`select options, correlation_id, searchable is not null as is_searchable from batch where id = ${parentJobId} and organization_id = ${context.organizationId}`,
      )
    : { rows: [] };
  const parent = rows[0];
  if (!parent) throw notFound('batch', parentJobId);
  const effective = optionsOf(type, parent.options);
  const id = newId();
  const place = await joinBatch(db, parentJobId, { count: 1, limit: env().MAX_BATCH_ITEMS, inLine: !due && !held });
  await db.query(
    sql`insert into job (id, organization_id, type, status, batch_id, item_index, seq, run_at, name, description, data,
       priority, max_attempts, backoff, correlation_id, idempotency_key, created_by, metadata, idempotency_hash)
     values (${id}, ${context.organizationId}, ${type}, ${due ? 'delayed' : 'pending'}, ${parentJobId}, ${place.firstIndex}, ${due || held ? SEQ_UNASSIGNED : place.lastSeq + 1}, ${due ?? null}, ${body.name ?? itemName(type, data) ?? null}, ${body.description ?? null}, ${stringifyJson(data)}, ${body.priority ?? effective.priority}, ${body.maxAttempts ?? effective.maxAttempts}, ${stringifyJson(body.backoff ?? effective.backoff)}, ${body.correlationId ?? null}, ${request.idempotencyKey ?? null}, ${context.actor.name}, ${body.metadata ? stringifyJson(body.metadata) : null}, ${await request.requestHash?.()})`,
  );
  if (parent.is_searchable) await indexJobs(db, sql`j.id = ${id}::uuid`);
  await useFilesOf(db, context.organizationId, { id, batchId: parentJobId, data });
  if (due) await delayChild(db, parentJobId, place.firstIndex, due);
  else if (held) await holdChild(db, parentJobId, place.firstIndex);
  await requireRows(db, context);
  tx.afterCommit(() =>
    Promise.all([
      publish('control', { dispatch: [parentJobId], startQueued: true }),
      publishChanges({ batches: [parentJobId], created: [id] }),
    ]),
  );
  return { id, correlationId: parent.correlation_id };
}
