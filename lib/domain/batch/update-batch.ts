import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { defined } from '@/lib/contracts/defined';
import type { EffectiveOptions } from '@/lib/contracts/effective-options';
import { stringifyJson } from '@/lib/contracts/json';
import type { SteeringOptions, UpdateBatchBody } from '@/lib/contracts/steering';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission, systemContext } from '@/lib/domain/context';
import { optionsOf } from '@/lib/domain/defaults';
import { DomainError, notFound } from '@/lib/domain/errors';
import { checkMetadata } from '@/lib/domain/metadata';
import { openDoor } from '@/lib/domain/redaction/door';
import { holdsRedacted, restore } from '@/lib/domain/redaction/restore';
import { publish, publishChanges } from '@/lib/events/relay';
import type { JobType } from '@/lib/job-types/catalogue';
import { moveEnd, SPENT_BY_COUNT } from './budget';
import { cancelBatch } from './cancel-batch';
import { loadBatch } from './get-batch';
import { lockDispatch } from './lock-dispatch';
import { pauseSpent } from './pause-batch';
import { prefetchSettled } from './prefetched';
import { type Restating, restatedBy, restateRows } from './restate-rows';
import { returnEnqueued } from './return-enqueued';
import { STOPPED, TOO_MANY_FAILED } from './settle';

/** Rows that get new options before the answer. The supervisors go on with those of a larger batch. */
const INLINE_ROWS = 20_000;
/** The time of a claim. A statement that began before claims checked the order has ended after it. */
const CLAIM_MS = 50;

interface Before {
  type: JobType;
  name: string;
  metadata: unknown;
  options: BatchOptions;
  priority: number;
  restating: Restating | null;
  checks_order: boolean;
  finished: boolean;
}

/**
 * Changes a batch, also while it runs: its options, its name and its metadata. A lower concurrency or rate holds for
 * every row that starts after the answer; what runs goes on. A priority is that of deliveries that no consumer has taken.
 * `maxAttempts` holds for attempts that start later, and the failure limit is judged at once. A row that got its own
 * priority or attempts by its own call keeps them.
 * @throws DomainError `not-found`, `forbidden`, `invalid-metadata`, `already-finished` for options of a batch that has ended
 */
export async function updateBatch(context: Context, batchId: string, body: UpdateBatchBody): Promise<BatchDto> {
  requirePermission(context, 'batch.change');
  if (!isId(batchId)) throw notFound('batch', batchId);
  checkMetadata(body.metadata ?? undefined);
  if (body.options) await checkOrder(context, batchId, body.options);
  const changed = await retrying(() => transaction((tx) => change(tx, context, batchId, body)));
  if (changed.narrowed) await prefetchSettled(batchId);
  if (changed.restates) await restateRows(batchId, INLINE_ROWS);
  if (changed.spent) await pauseSpent(context.organizationId, batchId);
  if (changed.stop) await cancelBatch(systemContext(context.organizationId), batchId, { reason: STOPPED });
  return loadBatch(context, batchId);
}

/** From now on claims check the order, so that a row that is put back into it cannot start by its old delivery. */
async function checkOrder(context: Context, batchId: string, options: SteeringOptions): Promise<void> {
  const before = await readBatch(pool(), context, batchId);
  if (before.finished || before.checks_order || !returns(before, mergedOptions(before.options, options))) return;
  await pool().query(sql`update batch set checks_order = true where id = ${batchId} and finished_at is null`);
  await sleep(CLAIM_MS);
}

async function readBatch(db: Queryable, { organizationId }: Context, batchId: string): Promise<Before> {
  const { rows } = await db.query<Before>(
    sql`select type, name, metadata, options, priority, restating, checks_order, finished_at is not null as finished from batch
     where id = ${batchId} and organization_id = ${organizationId}`,
  );
  if (!rows[0]) throw notFound('batch', batchId);
  return rows[0];
}

/** null removes an option. */
const mergedOptions = (options: BatchOptions, change: SteeringOptions): BatchOptions =>
  Object.fromEntries(
    Object.entries({ ...options, ...defined(change) }).filter(([, value]) => value !== null),
  ) as BatchOptions;

/** 0 is no limit. */
const isLower = (before: number, after: number): boolean => after > 0 && (before === 0 || after < before);

const isNarrower = (before: EffectiveOptions, after: EffectiveOptions): boolean =>
  isLower(before.concurrency, after.concurrency) || isLower(before.ratePerMinute, after.ratePerMinute);

/** Whether enqueued rows are dispatched again: fewer may start now, or with another priority. */
function returns({ type, options }: Before, next: BatchOptions): boolean {
  const [before, after] = [optionsOf(type, options), optionsOf(type, next)];
  return isNarrower(before, after) || before.priority !== after.priority;
}

interface Changed {
  narrowed: boolean;
  restates: boolean;
  stop: boolean;
  spent: boolean;
}

async function change(tx: Transaction, context: Context, batchId: string, body: UpdateBatchBody): Promise<Changed> {
  const { db } = tx;
  await lockDispatch(db, batchId);
  const before = await readBatch(db, context, batchId);
  const options = body.options ? mergedOptions(before.options, body.options) : before.options;
  const given = { ...(await labels(context, before, body)), options };
  const entry = differences(before, given);
  if (Object.keys(entry.after).length === 0) return { narrowed: false, restates: false, stop: false, spent: false };
  if ('options' in entry.after && before.finished) {
    throw new DomainError(
      'already-finished',
      'This batch has finished: only its name and metadata can be changed. A retry runs its items with the options it has.',
    );
  }
  const [was, is] = [optionsOf(before.type, before.options), optionsOf(before.type, options)];
  const back = returns(before, options);
  if (back) await returnEnqueued(db, batchId);
  if (was.ratePerMinute !== is.ratePerMinute) await respace(db, batchId, was.ratePerMinute, is.ratePerMinute);
  if (was.budget?.minutes !== is.budget?.minutes) await moveEnd(db, batchId, was.budget, is.budget);
  const restating = restatingOf(before.restating, was, is);
  const { rows } = await db.query<{ stop: boolean | null; spent: boolean }>(
    sql`update batch b set name = ${given.name}, metadata = ${given.metadata === null ? null : stringifyJson(given.metadata)}::json,
       options = ${stringifyJson(options)}::json, priority = ${is.priority}, checks_order = b.checks_order or ${back},
       restating = ${restating && JSON.stringify(restating)}::json
     where b.id = ${batchId} and (b.finished_at is null or ${before.finished}) returning ${TOO_MANY_FAILED} as stop, ${SPENT_BY_COUNT} is not null as spent`,
  );
  if (!rows[0]) return change(tx, context, batchId, body);
  await audit(db, context, 'batch.update', { kind: 'batch', id: batchId, name: given.name }, entry);
  tx.afterCommit(() =>
    Promise.all([
      publish('control', { dispatch: [batchId], startQueued: was.priority !== is.priority }),
      publishChanges({ batches: [batchId] }),
    ]),
  );
  return {
    narrowed: isNarrower(was, is),
    restates: restating !== null,
    stop: rows[0].stop === true,
    spent: rows[0].spent,
  };
}

/** Returns the new name and metadata. What is redacted for the caller keeps the stored value. */
async function labels(context: Context, before: Before, { name, metadata }: UpdateBatchBody) {
  const door = await openDoor(context);
  if (door.level === 'redacted' && name !== undefined && name !== door.label(before.name) && holdsRedacted(name)) {
    throw new DomainError('invalid-request', 'The name holds what is redacted for you. Give a whole name, or none.', {
      errors: [{ path: 'name', message: 'is redacted in part' }],
    });
  }
  return {
    name: name === undefined || name === door.label(before.name) ? before.name : name,
    metadata:
      metadata === undefined
        ? before.metadata
        : metadata && (await restore(door, metadata, before.metadata, 'metadata')),
  };
}

const FIELDS = ['name', 'metadata', 'options'] as const;
type Entry = Record<string, unknown>;

/** Returns what changed, for the audit log: of the options only those that differ. */
function differences(
  before: Pick<Before, (typeof FIELDS)[number]>,
  after: Record<(typeof FIELDS)[number], unknown>,
): { before: Entry; after: Entry } {
  const entry: { before: Entry; after: Entry } = { before: {}, after: {} };
  for (const field of FIELDS) {
    if (stringifyJson(before[field] ?? null) === stringifyJson(after[field] ?? null)) continue;
    entry.before[field] = before[field];
    entry.after[field] = after[field];
  }
  if (!entry.after.options) return entry;
  const [from, to] = [before.options as Entry, after.options as Entry];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (name) => stringifyJson(from[name] ?? null) !== stringifyJson(to[name] ?? null),
  );
  const pick = (options: Entry) => Object.fromEntries(names.map((name) => [name, options[name] ?? null]));
  return { before: { ...entry.before, options: pick(from) }, after: { ...entry.after, options: pick(to) } };
}

/** The time of the next start follows from the last one, which was one old spacing before it. Without an old rate it is now. */
async function respace(db: Queryable, batchId: string, was: number, is: number): Promise<void> {
  const spacing = (rate: number) => (rate > 0 ? 60 / rate : null);
  await db.query(
    sql`update batch_dispatch set next_slot = case when ${spacing(is)}::float8 is null then null
       when ${spacing(was)}::float8 is null then case when cursor > 0 then now() + make_interval(secs => ${spacing(is)}::float8) end
       else next_slot + make_interval(secs => ${spacing(is)}::float8 - ${spacing(was)}::float8) end
     where batch_id = ${batchId}`,
  );
}

function restatingOf(known: Restating | null, was: EffectiveOptions, is: EffectiveOptions): Restating | null {
  const changed: Partial<Restating> = {
    ...(was.maxAttempts !== is.maxAttempts && {
      maxAttempts: restatedBy(known?.maxAttempts, was.maxAttempts, is.maxAttempts),
    }),
    ...(was.priority !== is.priority && { priority: restatedBy(known?.priority, was.priority, is.priority) }),
  };
  return Object.keys(changed).length > 0 ? { ...known, ...changed, after: -1 } : known;
}
