import type { BatchDto, ResumeBatchBody } from '@/lib/contracts/batch';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { costsOf } from '@/lib/contracts/costs';
import { defined } from '@/lib/contracts/defined';
import { stringifyJson } from '@/lib/contracts/json';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { retrying } from '@/lib/db/retrying';
import { sql } from '@/lib/db/sql';
import { type Queryable, type Transaction, transaction } from '@/lib/db/transaction';
import { audit } from '@/lib/domain/audit';
import { lockSlots } from '@/lib/domain/capacity/slots';
import { type Context, requirePermission, systemContext } from '@/lib/domain/context';
import { DomainError, notFound } from '@/lib/domain/errors';
import { isPaused } from '@/lib/domain/pause/paused';
import { publish, publishChanges } from '@/lib/events/relay';
import { requestSlot } from './batch-slot';
import { MINUTES_SPENT, moveEnd, SPENT_BY_COUNT } from './budget';
import { loadBatch } from './get-batch';
import { lockDispatch } from './lock-dispatch';
import { prefetchSettled } from './prefetched';

/** SET clause of a batch that is paused from now on: its slot is free. */
const PAUSE = sql`paused = true, paused_at = now(), slot_at = null, slot_freed = b.slot_freed or b.status = 'in-progress',
  queued_at = case when b.status = 'in-progress' then null else b.queued_at end, wakes_at = null`;

/**
 * Pauses a batch: running jobs complete, and no other job of it starts, not even enqueued ones and retries. Its slot is
 * freed. Idempotent.
 * @throws `not-found`, `forbidden`, `already-finished`
 */
export async function pauseBatch(context: Context, batchId: string): Promise<BatchDto> {
  requirePermission(context, 'batch.pause', 'pause a batch');
  if (!isId(batchId)) throw notFound('batch', batchId);
  await retrying(() =>
    transaction(async (tx) => {
      const { paused } = await lockOpen(tx.db, context, batchId, 'pause');
      if (paused) return;
      await tx.db.query(sql`update batch b set ${PAUSE}, paused_why = null where b.id = ${batchId}`);
      await audit(tx.db, context, 'batch.pause', { kind: 'batch', id: batchId });
      tx.afterCommit(() => freed(batchId));
    }),
  );
  await prefetchSettled(batchId);
  return loadBatch(context, batchId);
}

/** Pauses a batch whose budget is spent. Does nothing if it is not, or if the batch is paused already. */
export async function pauseSpent(organizationId: string, batchId: string): Promise<void> {
  await retrying(() =>
    transaction(async (tx) => {
      const { rows } = await tx.db.query<Spent>(
        sql`update batch b set ${PAUSE}, paused_why = coalesce(${SPENT_BY_COUNT}, 'budget-minutes')
         where b.id = ${batchId} and (${SPENT_BY_COUNT} is not null or ${MINUTES_SPENT})
         returning coalesce(b.paused_why, '') as reason, b.failed, b.options,
           b.cost_tokens::float8 as tokens, b.cost_usd::float8 as usd`,
      );
      const [spent] = rows;
      if (!spent) return;
      await audit(
        tx.db,
        systemContext(organizationId),
        'batch.pause',
        { kind: 'batch', id: batchId },
        {
          after: { reason: spent.reason, ...amountsOf(spent), budget: spent.options.budget },
        },
      );
      tx.afterCommit(() => freed(batchId));
    }),
  );
}

interface Spent {
  reason: string;
  failed: number;
  tokens: number | null;
  usd: number | null;
  options: BatchOptions;
}

/** What was counted when the budget was spent. */
const amountsOf = ({ failed, tokens, usd }: Spent) => {
  const costs = costsOf(tokens, usd);
  return Object.keys(costs).length > 0 ? { failed, costs } : { failed };
};

/** Pauses the batches whose minutes have passed. While everything is paused they do not pass. */
export async function pauseOverdue(): Promise<void> {
  const { rows } = await pool().query<{ id: string; organization_id: string }>(
    sql`select b.id, b.organization_id from batch b where ${MINUTES_SPENT} and not ${isPaused(sql`b.organization_id`)}`,
  );
  for (const { id, organization_id: organizationId } of rows) await pauseSpent(organizationId, id);
}

/**
 * Resumes a paused batch: at once if a slot is free, else it is queued for one (`queuedAt`). A batch whose budget was spent
 * needs another one. Idempotent.
 * @throws `not-found`, `forbidden`, `already-finished`, `budget-spent`
 */
export async function resumeBatch(context: Context, batchId: string, body: ResumeBatchBody = {}): Promise<BatchDto> {
  requirePermission(context, 'batch.pause', 'resume a batch');
  if (!isId(batchId)) throw notFound('batch', batchId);
  await retrying(() => transaction((tx) => resume(tx, context, batchId, body)));
  return loadBatch(context, batchId);
}

async function resume(tx: Transaction, context: Context, batchId: string, { budget }: ResumeBatchBody): Promise<void> {
  const { db } = tx;
  // Lock order of all transactions: slots, dispatch row, batch. It prevents deadlocks.
  await lockSlots(db);
  await lockDispatch(db, batchId);
  const { options, paused, running } = await lockOpen(db, context, batchId, 'resume');
  const next = budget === undefined ? options : defined({ ...options, budget: budget ?? undefined });
  const changes = stringifyJson(options.budget ?? null) !== stringifyJson(next.budget ?? null);
  if (changes) {
    await db.query(sql`update batch set options = ${stringifyJson(next)}::json where id = ${batchId}`);
    await moveEnd(db, batchId, options.budget, next.budget);
  }
  if (!paused && !changes) return;
  const { rows } = await db.query<{ spent: boolean }>(
    sql`update batch b set paused = false, paused_why = null, paused_at = null, wakes_at = null,
       budget_until = b.budget_until + case when b.paused then coalesce(now() - b.paused_at, interval '0') else interval '0' end
     where b.id = ${batchId} returning ${SPENT_BY_COUNT} is not null or coalesce(${MINUTES_SPENT}, false) as spent`,
  );
  if (rows[0]?.spent) {
    throw new DomainError(
      'budget-spent',
      'The budget of this batch is spent. Resume it with another one, such as { "budget": { "failed": 200 } }, or with null for none.',
    );
  }
  const entry = changes ? { before: { budget: options.budget ?? null }, after: { budget: next.budget ?? null } } : {};
  await audit(db, context, 'batch.resume', { kind: 'batch', id: batchId }, entry);
  if (paused) await resumed(tx, batchId, running);
  else tx.afterCommit(() => publishChanges({ batches: [batchId] }));
}

/** @throws DomainError `not-found`, `already-finished` */
async function lockOpen(db: Queryable, { organizationId }: Context, batchId: string, verb: string) {
  const { rows } = await db.query<{ options: BatchOptions; paused: boolean; running: boolean; finished: boolean }>(
    sql`select options, paused, status = 'in-progress' as running, finished_at is not null as finished from batch
     where id = ${batchId} and organization_id = ${organizationId} for update`,
  );
  const [row] = rows;
  if (!row) throw notFound('batch', batchId);
  if (row.finished) throw new DomainError('already-finished', `This batch has finished; there is nothing to ${verb}.`);
  return row;
}

const freed = (batchId: string) =>
  Promise.all([publish('control', { startQueued: true }), publishChanges({ batches: [batchId], capacity: true })]);

/** A batch that has not started keeps its position in the queue. Its rows that need no slot are redelivered. */
async function resumed(tx: Transaction, batchId: string, running: boolean): Promise<void> {
  if (running) return requestSlot(tx, batchId);
  await tx.db.query(sql`update batch_dispatch set recall = true where batch_id = ${batchId} and loose`);
  tx.afterCommit(() =>
    Promise.all([publish('control', { startQueued: true }), publishChanges({ batches: [batchId] })]),
  );
}
