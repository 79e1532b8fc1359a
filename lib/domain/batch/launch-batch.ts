import { currentTraceId } from '@/lib/config/tracing';
import type { LaunchFields, LaunchResult } from '@/lib/contracts/batch';
import { stringifyJson } from '@/lib/contracts/json';
import type { BatchStatus } from '@/lib/contracts/status';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { isUniqueViolation } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { noSlot, requireSlot, takeSlot } from '@/lib/domain/capacity/take-slot';
import { type Context, requirePermission } from '@/lib/domain/context';
import { requireForeignQueue } from '@/lib/domain/dead-letter/foreign-queue';
import { optionsOf } from '@/lib/domain/defaults';
import { DomainError } from '@/lib/domain/errors';
import { useFiles } from '@/lib/domain/file/use-files';
import type { Repeatable } from '@/lib/domain/idempotency';
import { requireJobType } from '@/lib/domain/job-type/require-job-type';
import { checkMetadata } from '@/lib/domain/metadata';
import { traceMaking } from '@/lib/domain/monitoring/trace-making';
import { track } from '@/lib/domain/monitoring/track';
import { requireTargets, storeTargets } from '@/lib/domain/notification/event/targets';
import { requireAllowedTypes } from '@/lib/domain/organization/limits/allowed-types';
import { requireOrganization, requireRows, rowGuard } from '@/lib/domain/organization/limits/require-room';
import { indexChildren, searchableFields } from '@/lib/domain/query/search-keys';
import { publish, publishChanges } from '@/lib/events/relay';
import { SOON_SECONDS } from './batch-slot';
import { minutesOf } from './budget';
import type { LaunchItem } from './check-items';
import { copyItems } from './copy-items';
import { findLaunched, UNIQUE_KEY_LOCK } from './find-launched';
import { tooMany } from './join-batch';

export interface LaunchInput extends Repeatable {
  fields: LaunchFields;
  items: AsyncIterable<LaunchItem>;
  /** also accepts internal job types, for the product's own programs */
  internal?: boolean;
}

type Correlated = LaunchFields & { correlationId: string };

/** `created`; `existing`: the same idempotency key; `running`: the unfinished batch of the same unique key. */
export interface LaunchOutcome {
  outcome: 'created' | 'existing' | 'running';
  result: LaunchResult;
}

/**
 * Launches a batch: validates every item and writes all rows in one transaction, so a launch is stored completely or
 * not at all. Items are streamed: memory use does not depend on their number.
 * @throws DomainError `unknown-job-type`, `empty-batch`, `invalid-items`, `payload-too-large`, `capacity-reached`,
 *   `limit-reached`, `limit-exceeded`, `forbidden` for a job type that the organization may not launch,
 *   `invalid-request` for a dead-letter queue of ours, `invalid-metadata`, `idempotency-key-reused`, `unknown-channel`, `invalid-channel`
 */
export async function launchBatch(context: Context, given: LaunchInput): Promise<LaunchOutcome> {
  requirePermission(context, 'batch.launch');
  const from = Date.now();
  const correlationId = given.fields.correlationId ?? currentTraceId() ?? newId();
  const input = { ...given, fields: { ...given.fields, correlationId } };
  const known = await findLaunched(pool(), context, input);
  if (known) return known;
  await requireAllowedTypes(context, [requireJobType(input.fields.type, input)]);
  checkMetadata(input.fields.metadata);
  await requireTargets(context, input.fields.notify);
  if (input.fields.start === 'now') await requireSlot(pool(), context);
  const requireRoom = await rowGuard(context);
  try {
    const launched = await transaction((tx) => insertBatch(tx, context, { ...input, requireRoom }));
    report(context, input.fields, launched.result, from);
    return launched;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // A concurrent request launched the same key first: return its batch.
    const raced = await findLaunched(pool(), context, input);
    if (raced) return raced;
    throw error;
  }
}

function report(context: Context, fields: Correlated, { batchId, enqueuedCount }: LaunchResult, from: number): void {
  const parentJobId = batchId;
  const totalChildren = fields.announcedItems ?? enqueuedCount;
  const { correlationId, name, type } = fields;
  const place = { correlationId, ownerId: batchId };
  traceMaking('launch batch', place, from, {
    'batchyard.batch.id': batchId,
    'batchyard.job.type': type,
    children: enqueuedCount,
  });
  track(context, 'parent-job.created', { parentJobId, totalChildren, correlationId, name, type });
  if (enqueuedCount === 0) return;
  track(context, 'parent-job.child-registered', { parentJobId, correlationId, children: enqueuedCount }, enqueuedCount);
}

async function insertBatch(
  tx: Transaction,
  context: Context,
  {
    fields,
    items,
    internal,
    requireRoom,
    ...request
  }: LaunchInput & { fields: Correlated; requireRoom: (count: number) => void },
): Promise<LaunchOutcome> {
  const { db } = tx;
  const { idempotencyKey } = request;
  const type = requireJobType(fields.type, { internal });
  const options = fields.options ?? {};
  const effective = optionsOf(type, options);
  requireForeignQueue(effective.deadLetterQueue);
  const searchable = searchableFields(type, fields.searchable);
  const nameBy = fields.nameBy ?? null;
  const batchId = newId();
  if (fields.uniqueKey !== undefined) {
    await db.query(
      sql`select pg_advisory_xact_lock(${UNIQUE_KEY_LOCK}) from (values (${context.organizationId}::text, ${fields.uniqueKey}::text)) as k(organization_id, unique_key)`,
    );
  }
  const open = openColumns(fields);
  await db.query(
    sql`insert into batch (id, organization_id, type, name, status, options, metadata, correlation_id, unique_key,
       idempotency_key, priority, created_by, sealed, announced, seal_after, seals_at, searchable, dead_letter_queue, name_by)
     values (${batchId}, ${context.organizationId}, ${type}, ${fields.name}, 'pending', ${stringifyJson(options)},
       ${fields.metadata ? stringifyJson(fields.metadata) : null}, ${fields.correlationId}, ${fields.uniqueKey ?? null},
       ${idempotencyKey ?? null}, ${effective.priority}, ${context.actor.name}, ${open.sealed}, ${open.announced},
       ${open.sealAfter}::int, now() + make_interval(secs => ${open.sealAfter}::int),
       ${searchable.length > 0 ? searchable : null}::text[], ${effective.deadLetterQueue ?? null}, ${nameBy})`,
  );
  const { maxAttempts, priority, backoff } = effective;
  const shared = { organizationId: context.organizationId, type, batchId, maxAttempts, priority, backoff };
  const { count: total, files } = await copyItems(db, items, { shared, nameBy, requireRoom });
  if (total === 0 && fields.sealed !== false) throw new DomainError('empty-batch', 'A batch needs at least one item.');
  await indexChildren(db, searchable, sql`r.batch_id = ${batchId}::uuid`);
  if (total > 0 && fields.announcedItems !== undefined) await countAnnounced(db, batchId, total);
  await useFiles(db, context.organizationId, batchId, files);
  await storeTargets(db, context, batchId, fields.notify);
  // The hash is known only after the whole body was read.
  const hash = idempotencyKey === undefined ? undefined : await request.requestHash?.();
  if (hash !== undefined) await db.query(sql`update batch set idempotency_hash = ${hash} where id = ${batchId}`);
  await db.query(sql`insert into batch_dispatch (batch_id, initial, last_seq) values (${batchId}, ${total}, ${total})`);
  const status = await admit(tx, context, batchId, total, fields.start, effective.delaySeconds);
  const entry = { type, count: total, start: fields.start, options, uniqueKey: fields.uniqueKey };
  await audit(db, context, 'batch.launch', { kind: 'batch', id: batchId, name: fields.name }, { after: entry });
  await requireOrganization(db, context);
  await requireRows(db, context);
  return { outcome: 'created', result: { batchId, parentJobId: batchId, enqueuedCount: total, status } };
}

/** Sets the total of the new batch and, as requested, assigns a slot or queues it for one. */
async function admit(
  tx: Transaction,
  context: Context,
  batchId: string,
  total: number,
  start: LaunchFields['start'],
  delaySeconds: number,
): Promise<BatchStatus> {
  let now = false;
  // An empty batch needs no slot: its first item will request one.
  if (start !== 'manual' && total > 0) {
    await lockSlots(tx.db);
    const taken = await takeSlot(tx, context.organizationId, { yielding: start === 'now' });
    now = taken === 'taken';
    // While everything is paused a launch waits, however it is to start.
    if (taken !== 'taken' && taken !== 'paused' && start === 'now') throw await noSlot(tx.db, context, taken);
  }
  const status: BatchStatus = now ? 'in-progress' : 'pending';
  await tx.db.query(
    sql`update batch set total = ${total}, status = ${status},
       run = case when ${now} then 1 else 0 end,
       started_at = case when ${now} then now() end,
       rate_at = case when ${now} then now() end,
       queued_at = case when ${!now && start !== 'manual'} then now() end,
       not_before = case when ${delaySeconds}::float8 > 0 then now() + make_interval(secs => ${delaySeconds}) end,
       slot_freed = ${now} and ${delaySeconds}::float8 > ${SOON_SECONDS},
       slot_at = case when ${now} and ${delaySeconds}::float8 <= ${SOON_SECONDS} then now() end,
       budget_until = case when ${now} then now() + make_interval(secs => ${delaySeconds}::float8) + ${minutesOf(sql`batch`)} end,
       wakes_at = case when ${now} and ${delaySeconds}::float8 > ${SOON_SECONDS} then now() + make_interval(secs => ${delaySeconds}) end
     where id = ${batchId}`,
  );
  tx.afterCommit(() =>
    Promise.all([
      now ? publish('control', { dispatch: [batchId] }) : undefined,
      publishChanges({ batches: [batchId], started: now ? [batchId] : [], capacity: now }),
    ]),
  );
  return status;
}

/** Default: one hour without a new item means that the sender has probably stopped. */
const SEAL_AFTER_SECONDS = 3600;

interface OpenColumns {
  sealed: boolean;
  announced: number | null;
  /** seconds without a further item after which the batch is sealed */
  sealAfter: number | null;
}

/**
 * Returns the columns `sealed`, `announced` and `seal_after` of a launch.
 * @throws DomainError `invalid-request` if a sealed batch has fields that are only for unsealed ones
 */
function openColumns(fields: LaunchFields): OpenColumns {
  if (fields.sealed === false) {
    return {
      sealed: false,
      announced: fields.announcedItems ?? null,
      sealAfter: fields.sealAfterSeconds ?? SEAL_AFTER_SECONDS,
    };
  }
  const wrong = (['announcedItems', 'sealAfterSeconds'] as const).filter((name) => fields[name] !== undefined);
  if (wrong.length === 0) return { sealed: true, announced: null, sealAfter: null };
  throw new DomainError('invalid-request', `${wrong.join(' and ')} can only be given with sealed: false.`, {
    errors: wrong.map((path) => ({ path, message: 'needs sealed: false' })),
  });
}

/** Seals the batch if all announced items were added. @throws DomainError `batch-sealed` if there are more */
async function countAnnounced(db: Queryable, batchId: string, total: number): Promise<void> {
  const { rows } = await db.query<{ announced: number | null }>(
    sql`update batch set sealed = announced = ${total}, seals_at = case when announced > ${total} then seals_at end
     where id = ${batchId} returning announced`,
  );
  const announced = rows[0]?.announced ?? total;
  if (total > announced) throw tooMany(announced, 0, total);
}
