import type { BatchDto, RetryBatchBody } from '@/lib/contracts/batch';
import type { BatchStatus } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { listRunning, lockSlots, maxActiveBatches } from '@/lib/domain/capacity/slots';
import { type Context, requireAdmin } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { retryOutside } from '@/lib/domain/job/retry-outside';
import { publishChanges } from '@/lib/events/relay';
import { failedSo } from './failure-reason';
import { getBatch } from './get-batch';
import { itemSearch } from './item-search';
import { KEY_LOCK } from './key-lock';
import { reopenRows } from './reopen-rows';
import { askForSlot } from './slot';
import { openRun } from './start-batch';

const CHOSEN = { failed: ['failed'], cancelled: ['cancelled'], all: ['failed', 'cancelled'] } as const;

/**
 * Runs finished children again: the failed, the cancelled, or both; with `reason` only those that failed so, with `q`
 * only those that a search finds. A finished batch opens a new run, at once if a slot is free, else as soon as one is.
 * `dry` changes nothing and only counts.
 * @throws DomainError `not-found`, `forbidden`, `not-retryable` while a cancel is being carried out, `unique-key-in-use`
 */
export async function retryBatch(
  context: Context,
  batchId: string,
  options: RetryBatchBody,
): Promise<{ batch: BatchDto; retried: number; matched: number }> {
  requireAdmin(context, 'retry a batch');
  if (!isId(batchId)) throw notFound('batch', batchId);
  const { which, values } = chosen(options);
  if (options.dry) {
    const batch = await getBatch(context, batchId);
    const { rows } = await pool().query<{ matched: number }>(
      `select count(*)::int as matched from job where batch_id = $1 and outcome in ('failed', 'cancelled') and ${which}`,
      [batchId, ...values],
    );
    return { batch, retried: 0, matched: rows[0]?.matched ?? 0 };
  }
  const retried = await retrying(() =>
    transaction(async (tx) => {
      await requireReopenable(tx, context, batchId);
      const reopened = await reopenRows(tx.sql, batchId, which, values);
      const count = reopened.failed + reopened.cancelled;
      if (count > 0) {
        await continueRun(tx, batchId);
        // Children that a program registered may have come from another client.
        await retryOutside(tx, 'j.batch_id = $1 and j.created_by is not null', [batchId]);
        await audit(tx.sql, context, 'batch.retry', batchId, { only: options.only ?? 'failed', q: options.q, count });
      }
      return count;
    }),
  );
  return { batch: await getBatch(context, batchId), retried, matched: retried };
}

/** @returns an SQL condition on `job` with parameters from $2 on, and their values */
function chosen({ only = 'failed', reason, q }: RetryBatchBody): { which: string; values: unknown[] } {
  const which = ['status = any($2::text[])'];
  const values: unknown[] = [reason ? CHOSEN.failed : CHOSEN[only]];
  if (reason) {
    which.push(failedSo('$3', '$4'));
    values.push(reason.code, reason.message);
  }
  if (q?.trim()) {
    const search = itemSearch(q, values.length + 2, 'job');
    which.push(search.condition);
    values.push(...search.values);
  }
  return { which: which.join(' and '), values };
}

/** Takes the slots' lock and makes sure that the batch exists and is not just being cancelled. */
export async function requireReopenable({ sql }: Transaction, context: Context, batchId: string): Promise<void> {
  await lockSlots(sql);
  const { rows } = await sql.query<{ cancelling: boolean }>(
    `select cancel_mode is not null and finished_at is null as cancelling from batch
     where id = $1 and organization_id = $2`,
    [batchId, context.organizationId],
  );
  if (!rows[0]) throw notFound('batch', batchId);
  if (rows[0].cancelling) {
    throw new DomainError('not-retryable', 'This batch is being cancelled; retry when its running items have ended.');
  }
}

/**
 * Makes a batch unfinished, which takes its unique key. A launch that is still being read may hold it for long, and as
 * the slots are locked here, nobody may wait for it.
 */
async function takeKey({ sql }: Transaction, batchId: string): Promise<void> {
  const { rows } = await sql.query<{ free: boolean }>(
    `select unique_key is null or pg_try_advisory_xact_lock(${KEY_LOCK}) as free from batch where id = $1`,
    [batchId],
  );
  if (!rows[0]?.free) throw keyInUse();
  await sql
    .query(
      'update batch set cancel_mode = null, stop_reason = null, finished_at = null, cut_short = false where id = $1',
      [batchId],
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
 * After rows were reopened: a batch that runs goes on, one that waits keeps waiting as it did, for its slot or for a
 * person, and a finished one starts again or waits for a slot.
 * @throws DomainError `unique-key-in-use`
 */
export async function continueRun(tx: Transaction, batchId: string): Promise<void> {
  const { rows } = await tx.sql.query<{ status: BatchStatus }>('select status from batch where id = $1 for update', [
    batchId,
  ]);
  if (rows[0]?.status === 'in-progress') return askForSlot(tx, batchId);
  if (rows[0]?.status === 'pending') {
    tx.afterCommit(() => publishChanges({ batches: [batchId] }));
    return;
  }
  await takeKey(tx, batchId);
  const running = await listRunning(tx.sql);
  if (running.length < maxActiveBatches()) return openRun(tx, batchId);
  await tx.sql.query(`update batch set status = 'pending', queued_at = now() where id = $1`, [batchId]);
  tx.afterCommit(() => publishChanges({ batches: [batchId] }));
}
