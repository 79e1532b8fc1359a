import type { BatchDto, RetryBatchBody } from '@/lib/contracts/batch';
import { must } from '@/lib/contracts/must';
import type { BatchStatus } from '@/lib/contracts/status';
import { isId, newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { type Sql, sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { takeSlot } from '@/lib/domain/capacity/take-slot';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import { publishChanges } from '@/lib/events/relay';
import { retryExternally } from '@/lib/interop/retry-external';
import { requestSlot } from './batch-slot';
import { failedSo } from './failure-reason';
import { UNIQUE_KEY_LOCK } from './find-launched';
import { loadBatch } from './get-batch';
import { itemSearch } from './item-search';
import { reopenRows } from './reopen-rows';
import { noteRetry, RETRY_SECONDS, writeRetryEntries } from './retry-entry';
import { seal } from './seal-batch';
import { openRun } from './start-batch';

/** Rows of one transaction. It holds the lock on all slots, for which other batches wait. */
const REOPENED_AT_ONCE = 2000;

const CHOSEN = { failed: ['failed'], cancelled: ['cancelled'], all: ['failed', 'cancelled'] } as const;

/**
 * Runs failed or cancelled children again, or both. `reason` selects those that failed for it, `q` those that match a
 * search. A finished batch starts a new run as soon as a slot is free. Large batches are reopened in small transactions,
 * and the first rows run already meanwhile. `dry` only counts and changes nothing.
 * @throws DomainError `not-found`, `forbidden`, `not-retryable` while a cancel is being carried out, `unique-key-in-use`
 */
export async function retryBatch(
  context: Context,
  batchId: string,
  options: RetryBatchBody,
): Promise<{ batch: BatchDto; retried: number; matched: number }> {
  requirePermission(context, 'batch.retry', 'retry a batch');
  if (!isId(batchId)) throw notFound('batch', batchId);
  // The number of matches would tell what the inputs and messages contain.
  if (options.reason || options.q?.trim()) await requireUnredacted(context, 'choose items by what they contain');
  if (options.dry) {
    const batch = await loadBatch(context, batchId);
    const which = chosen(options);
    const { rows } = await pool().query<{ matched: number }>(
      sql`select count(*)::int as matched from job
        where batch_id = ${batchId} and outcome in ('failed', 'cancelled') and ${which}`,
    );
    return { batch, retried: 0, matched: must(rows[0], 'The count of matches').matched };
  }
  const retried = await reopenAll(context, batchId, options);
  return { batch: await loadBatch(context, batchId), retried, matched: retried };
}

/** What a retry has done so far. */
interface Progress {
  retryId: string;
  count: number;
  /** the item index after which it continues; null when all chosen rows are reopened */
  after: number | null;
  unsealed: boolean;
  /** its audit entry is written at its end */
  noted: boolean;
}

/** Reopens all chosen rows, a transaction for each `REOPENED_AT_ONCE`. @returns how many */
async function reopenAll(context: Context, batchId: string, options: RetryBatchBody): Promise<number> {
  let progress: Progress = { retryId: newId(), count: 0, after: -1, unsealed: false, noted: false };
  try {
    while (progress.after !== null) {
      const from = progress;
      progress = await retrying(() => transaction((tx) => reopenChunk(tx, context, batchId, options, from)));
    }
  } catch (error) {
    // A cancel that comes meanwhile closes what was reopened.
    if (progress.count === 0 || !(error instanceof DomainError && error.code === 'not-retryable')) throw error;
  } finally {
    if (progress.noted) await endRetry(context, batchId, progress);
  }
  return progress.count;
}

/** Writes the entry of a retry of several transactions, and seals the batch if the retry unsealed it. */
const endRetry = (context: Context, batchId: string, { retryId, unsealed }: Progress): Promise<void> =>
  transaction(async (tx) => {
    await writeRetryEntries(tx.db, batchId, retryId);
    if (unsealed) await seal(tx, context.organizationId, batchId);
  });

/**
 * Reopens the next chosen rows, in item order. If more may follow, the batch is unsealed, so that it cannot end before
 * they are reopened; nothing can be added to it, and its deadline seals it if this process dies.
 * @param from each row is reopened once, although it may fail again meanwhile: they begin after the last one
 */
async function reopenChunk(
  tx: Transaction,
  context: Context,
  batchId: string,
  options: RetryBatchBody,
  from: Progress,
): Promise<Progress> {
  await requireReopenable(tx, context, batchId);
  const which = chosen(options);
  const {
    failed,
    cancelled,
    chosen: reopened,
    last,
  } = await reopenRows(tx.db, batchId, sql`item_index > ${from.after ?? -1} and ${which}`, REOPENED_AT_ONCE);
  if (failed + cancelled === 0) return { ...from, after: null };
  await continueRun(tx, batchId);
  const more = reopened === REOPENED_AT_ONCE;
  // Registered children may be external jobs.
  await retryExternally(
    tx,
    sql`j.batch_id = ${batchId} and j.item_index > ${from.after ?? -1} and j.item_index <= ${last} and j.created_by is not null`,
  );
  const count = from.count + failed + cancelled;
  const unsealed = (more && (await unseal(tx.db, batchId))) || from.unsealed;
  const { only = 'failed', q, reason } = options;
  const after = { only, count, ...(q || reason ? { payload: { q, reason } } : {}) };
  const noted = more || from.noted;
  if (noted) await noteRetry(tx.db, batchId, from.retryId, { context, after, unseals: unsealed });
  else await audit(tx.db, context, 'batch.retry', { kind: 'batch', id: batchId }, { after });
  return { ...from, count, after: more ? last : null, unsealed, noted };
}

/**
 * Keeps a batch open until the last chosen row is reopened; the deadline seals it if the process dies.
 * @returns whether the batch was sealed
 */
export async function unseal(db: Queryable, batchId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    sql`update batch set sealed = false, seal_after = null, seals_at = now() + make_interval(secs => ${RETRY_SECONDS})
     where id = ${batchId} and sealed`,
  );
  return (rowCount ?? 0) > 0;
}

/** @returns an SQL condition on `job` */
function chosen({ only = 'failed', reason, q }: RetryBatchBody): Sql {
  const which = [sql`status = any(${reason ? CHOSEN.failed : CHOSEN[only]}::text[])`];
  if (reason) which.push(failedSo(reason));
  if (q?.trim()) which.push(itemSearch(q, sql`job`).condition);
  return sql.join(which, ' and ');
}

/** Takes the slots' lock. @throws DomainError `not-found`, `not-retryable` while the batch is being cancelled */
export async function requireReopenable({ db }: Transaction, context: Context, batchId: string): Promise<void> {
  await lockSlots(db);
  const { rows } = await db.query<{ cancelling: boolean }>(
    sql`select cancel_mode is not null and finished_at is null as cancelling from batch
     where id = ${batchId} and organization_id = ${context.organizationId}`,
  );
  if (!rows[0]) throw notFound('batch', batchId);
  if (rows[0].cancelling) {
    throw new DomainError('not-retryable', 'This batch is being cancelled; retry when its running items have ended.');
  }
}

/**
 * Reopens a finished batch, which takes its unique key again. It does not wait for the lock on the key: a launch with a
 * long upload may hold that lock for minutes, and this transaction blocks all slots meanwhile.
 * @throws DomainError `unique-key-in-use`
 */
async function takeKey({ db }: Transaction, batchId: string): Promise<void> {
  const { rows } = await db.query<{ free: boolean }>(
    sql`select unique_key is null or pg_try_advisory_xact_lock(${UNIQUE_KEY_LOCK}) as free from batch where id = ${batchId}`,
  );
  if (!rows[0]?.free) throw keyInUse();
  await db
    .query(
      sql`update batch set cancel_mode = null, stop_reason = null, finished_at = null, cut_short = false where id = ${batchId}`,
    )
    .catch((cause: { constraint?: string }) => {
      throw cause.constraint === 'batch_organization_id_unique_key_open_key' ? keyInUse(cause) : cause;
    });
}

const keyInUse = (cause?: unknown) =>
  new DomainError(
    'unique-key-in-use',
    'Another batch with the unique key of this one is not finished yet. Retry when it has ended.',
    { cause },
  );

/**
 * Continues a batch after its rows were reopened: a running batch continues, a pending one stays pending, and a
 * finished one starts again or is queued for a slot.
 * @throws DomainError `unique-key-in-use`
 */
export async function continueRun(tx: Transaction, batchId: string): Promise<void> {
  const { rows } = await tx.db.query<{ status: BatchStatus; organization_id: string }>(
    sql`select status, organization_id from batch where id = ${batchId} for update`,
  );
  const batch = rows[0];
  if (!batch) throw notFound('batch', batchId);
  if (batch.status === 'in-progress') return requestSlot(tx, batchId);
  if (batch.status === 'pending') {
    tx.afterCommit(() => publishChanges({ batches: [batchId] }));
    return;
  }
  await takeKey(tx, batchId);
  const taken = await takeSlot(tx, batch.organization_id, { yielding: false });
  if (taken === 'taken') return openRun(tx, batchId);
  await tx.db.query(sql`update batch set status = 'pending', queued_at = now() where id = ${batchId}`);
  tx.afterCommit(() => publishChanges({ batches: [batchId] }));
}
