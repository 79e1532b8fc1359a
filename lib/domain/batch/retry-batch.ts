import type { BatchDto, RetryBatchBody } from '@/lib/contracts/batch';
import { must } from '@/lib/contracts/must';
import { isId, newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { type Sql, sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { nextSize } from '@/lib/domain/next-size';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import { retryExternally } from '@/lib/interop/retry-external';
import { continueRun, FIRST_ROWS, requireReopenable } from './continue-run';
import { failedSo } from './failure-reason';
import { loadBatch } from './get-batch';
import { itemSearch } from './item-search';
import { reopenRows } from './reopen-rows';
import { noteRetry, RETRY_SECONDS, writeRetryEntries } from './retry-entry';
import { seal } from './seal-batch';

/** Rows of one transaction, and how long it should take: it holds locks of the batch, for which others wait. */
const PACE = { targetMs: 200, least: 500, most: 2000 };

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
  /** rows of the next transaction */
  size: number;
  /** the item index after which it continues; null when all chosen rows are reopened */
  after: number | null;
  unsealed: boolean;
  /** its audit entry is written at its end */
  noted: boolean;
}

/** Reopens all chosen rows, in transactions. @returns how many */
async function reopenAll(context: Context, batchId: string, options: RetryBatchBody): Promise<number> {
  let progress: Progress = { retryId: newId(), count: 0, size: PACE.least, after: -1, unsealed: false, noted: false };
  try {
    while (progress.after !== null) {
      const from = progress;
      const began = performance.now();
      progress = await retrying(() => transaction((tx) => reopenChunk(tx, context, batchId, options, from)));
      const rows = progress.count - from.count;
      if (rows >= from.size) progress.size = nextSize(rows, performance.now() - began, PACE);
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
  const reopening = await requireReopenable(tx, context, batchId);
  const size = reopening === 'open' ? from.size : FIRST_ROWS;
  const which = chosen(options);
  const {
    failed,
    cancelled,
    chosen: reopened,
    last,
  } = await reopenRows(tx.db, batchId, sql`item_index > ${from.after ?? -1} and ${which}`, size);
  if (failed + cancelled === 0) return { ...from, after: null };
  await continueRun(tx, batchId, reopening);
  const more = reopened === size;
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
