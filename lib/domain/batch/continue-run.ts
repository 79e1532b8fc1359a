import type { BatchStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Queryable, Transaction } from '@/lib/db/transaction';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { takeSlot } from '@/lib/domain/capacity/take-slot';
import type { Context } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { publish, publishChanges } from '@/lib/events/relay';
import { queueForSlot, requestSlot } from './batch-slot';
import { UNIQUE_KEY_LOCK } from './find-launched';
import { openRun } from './start-batch';

/** Rows that a batch which has ended is started again with, where it has many. The others follow while it is open. */
export const FIRST_ROWS = 100;

/** `locked` if the transaction holds the lock on all slots, so that a batch that has ended can start at once. */
export type Reopening = 'open' | 'locked';

/**
 * Says how the rows of a batch can be reopened. A batch that has ended needs a slot to run again, so the slots' lock is
 * taken. Every other start has to wait for it until the transaction ends: it reopens {@link FIRST_ROWS} at most.
 * @throws DomainError `not-found`, `not-retryable` while the batch is being cancelled
 */
export async function requireReopenable({ db }: Transaction, context: Context, batchId: string): Promise<Reopening> {
  if (!(await requireNotCancelling(db, context, batchId))) return 'open';
  await lockSlots(db);
  await requireNotCancelling(db, context, batchId);
  return 'locked';
}

/**
 * @returns whether the batch has ended
 * @throws DomainError `not-found`, `not-retryable` while the batch is being cancelled
 */
export async function requireNotCancelling(db: Queryable, context: Context, batchId: string): Promise<boolean> {
  const { rows } = await db.query<{ cancelling: boolean; ended: boolean }>(
    sql`select cancel_mode is not null and finished_at is null as cancelling, finished_at is not null as ended from batch
     where id = ${batchId} and organization_id = ${context.organizationId}`,
  );
  if (!rows[0]) throw notFound('batch', batchId);
  if (rows[0].cancelling) {
    throw new DomainError('not-retryable', 'This batch is being cancelled; retry when its running items have ended.');
  }
  return rows[0].ended;
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
 * finished one starts again or is queued for a slot, always so without the lock on all slots.
 * @throws DomainError `unique-key-in-use`
 */
export async function continueRun(tx: Transaction, batchId: string, reopening: Reopening): Promise<void> {
  const { rows } = await tx.db.query<{ status: BatchStatus; organization_id: string }>(
    sql`select status, organization_id from batch where id = ${batchId} for update`,
  );
  const batch = rows[0];
  if (!batch) throw notFound('batch', batchId);
  if (batch.status === 'in-progress') {
    return reopening === 'locked' ? requestSlot(tx, batchId) : queueForSlot(tx, batchId);
  }
  if (batch.status === 'pending') {
    tx.afterCommit(() => publishChanges({ batches: [batchId] }));
    return;
  }
  await takeKey(tx, batchId);
  if (reopening === 'locked') {
    const taken = await takeSlot(tx, batch.organization_id, { yielding: false });
    if (taken === 'taken') return openRun(tx, batchId);
  } else tx.afterCommit(() => publish('control', { startQueued: true }));
  await tx.db.query(sql`update batch set status = 'pending', queued_at = now() where id = ${batchId}`);
  tx.afterCommit(() => publishChanges({ batches: [batchId] }));
}
