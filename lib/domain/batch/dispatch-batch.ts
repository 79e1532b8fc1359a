import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { HOLDS_SLOT } from '@/lib/domain/capacity/slots';
import { optionsOf } from '@/lib/domain/defaults';
import { redeliver } from '@/lib/domain/worker/redeliver';
import { promoteDue } from './delayed-children';
import { type DispatchOrder, enqueueWindow } from './enqueue-window';

/** The result of a dispatch, and when the dispatcher should dispatch this batch again. */
export interface Dispatched {
  /** rows that were enqueued */
  count: number;
  /** rows that are enqueued and not finished, without those that consumers prefetched */
  inFlight: number;
  /** maximum number of rows in flight */
  window: number;
  /** rows that are not enqueued yet */
  waiting: number;
  /** the window is filled again as soon as no more than this are in flight */
  refillAt: number;
  /** when to dispatch again, if only time must pass */
  dueInMs?: number | undefined;
}

/** The queue holds at most about this many rows of a batch, however large the batch is. */
const MAX_WINDOW = 8000;

/** The look-ahead of a batch with very short rows, where the slots are fewer. */
const MOST_AHEAD = 256;

/** A delivery carries rows for about this much measured work, and never more than `MAX_BUNDLE` rows. */
const BUNDLE_MS = 10;
const MAX_BUNDLE = 64;

interface State extends DispatchOrder {
  options: BatchOptions;
  open: number;
  next_slot_ms: number | null;
  not_before_ms: number | null;
  /** children whose own start time is in the future: neither waiting nor in flight */
  delayed: number;
  next_due_ms: number | null;
  /** rows that consumers prefetched: each starts in place of one that ends */
  prefetched: number;
  rate_per_second: number | null;
  recall: boolean;
  runnable: boolean;
}

/** How often a dispatch is tried while consumers hold the lock of the dispatch row, which takes milliseconds. */
const TRIES_AFTER_MS = [0, 3, 6, 12, 24];

/**
 * Enqueues the next window of a batch's rows. The rows are the outbox: if the process dies between the queue and the
 * commit, the same rows are enqueued again, and the queue accepts each id once.
 * @param slots how many jobs of this type the live consumers run at once
 * @returns undefined if another machine dispatches this batch at the moment, or the batch does not run
 */
export async function dispatchBatch(batchId: string, slots: number): Promise<Dispatched | undefined> {
  // Without the lock: a consumer that finds it locked takes no next row, so it is taken only if there is work.
  const seen = await readState(pool(), batchId);
  if (!seen?.runnable) return undefined;
  const { room, next } = planWindow(seen, slots);
  if (room === 0 && !seen.recall && !isDue(seen)) return next;
  for (const waitMs of TRIES_AFTER_MS) {
    if (waitMs > 0) await sleep(waitMs);
    const dispatched = await tryDispatch(batchId, slots);
    if (dispatched !== 'locked') return dispatched;
  }
  return undefined;
}

const isDue = ({ next_due_ms: dueMs }: State): boolean => dueMs !== null && dueMs <= 0;

async function tryDispatch(batchId: string, slots: number): Promise<Dispatched | 'locked' | undefined> {
  return transaction(async ({ db }) => {
    const { rowCount } = await db.query(
      sql`select 1 from batch_dispatch where batch_id = ${batchId} for update skip locked`,
    );
    if (!rowCount) return 'locked';
    const state = await readState(db, batchId);
    if (!state?.runnable) return undefined;
    if (state.recall) await redeliverRefused(db, batchId);
    if (isDue(state)) {
      const { lastSeq, delayed } = await promoteDue(db, batchId);
      Object.assign(state, { last_seq: lastSeq, delayed });
    }
    const { room, next, ratePerMinute } = planWindow(state, slots);
    if (room === 0) return next;
    if (state.not_before_ms !== null && state.not_before_ms > 0) return { ...next, dueInMs: state.not_before_ms };
    const rate = applyRateLimit(ratePerMinute, state.next_slot_ms, room);
    if (rate.allowed === 0) return { ...next, dueInMs: rate.retryInMs };

    const enqueued = await enqueueWindow(db, batchId, state, {
      limit: rate.allowed,
      bundle: bundleSize(state.rate_per_second, next.window),
    });
    await db.query(
      sql`update batch_dispatch set cursor = ${enqueued.cursor}, holes = ${enqueued.holes}, reach = ${enqueued.reach},
         next_slot = case when ${rate.nextStartMs}::float8 is null then null else now() + make_interval(secs => ${rate.nextStartMs}::float8 / 1000) end
       where batch_id = ${batchId}`,
    );
    return {
      ...next,
      count: enqueued.count,
      inFlight: next.inFlight + enqueued.count,
      waiting: next.waiting - enqueued.count,
      dueInMs: rate.retryInMs,
    };
  });
}

/** Returns how many rows the window has room for, and the result of a dispatch that enqueues none. */
function planWindow(state: State, slots: number): { room: number; next: Dispatched; ratePerMinute: number } {
  const { concurrency, ratePerMinute } = optionsOf(state.type, state.options);
  const waiting = state.last_seq - state.cursor - state.holes;
  const inFlight = state.open - waiting - state.delayed - state.prefetched;
  // Twice the slots keeps every consumer busy, and where slots are few, very short rows need some more to be bundled.
  // Each delivery may become a chain, so a longer look-ahead would delay other batches.
  const ahead = Math.max(2 * slots, Math.min(Math.ceil(state.rate_per_second ?? 0), MOST_AHEAD), 16);
  const window = Math.min(concurrency || Number.POSITIVE_INFINITY, ahead, MAX_WINDOW);
  // Consumers keep a window full that the concurrency limits, so few rows are missing: they are enqueued soon. Of a
  // look-ahead, half may be missing.
  const refillAt = window === concurrency ? window - Math.ceil(window / 32) : window / 2;
  const room = Math.max(0, Math.min(window - inFlight, waiting));
  return { room, next: { count: 0, inFlight, window, waiting, refillAt }, ratePerMinute };
}

async function readState(db: Queryable, batchId: string): Promise<State | undefined> {
  const { rows } = await db.query<State>(
    sql`select b.type, b.options, b.correlation_id, b.total - b.completed - b.failed - b.cancelled as open, d.initial, d.last_seq, d.cursor, d.reach, d.holes,
       extract(epoch from d.next_slot - now())::float8 * 1000 as next_slot_ms, d.delayed,
       d.prefetched - b.prefetch_ended as prefetched,
       extract(epoch from d.next_due - now())::float8 * 1000 as next_due_ms,
       extract(epoch from b.not_before - now())::float8 * 1000 as not_before_ms,
       greatest(b.rate_per_second, case when clock_timestamp() - b.rate_at > interval '100 milliseconds'
         then b.rate_count / extract(epoch from clock_timestamp() - b.rate_at) end)::float8 as rate_per_second,
       d.recall, ${HOLDS_SLOT} and not b.paused and b.cancel_mode is null as runnable
     from batch_dispatch d join batch b on b.id = d.batch_id
     where d.batch_id = ${batchId}`,
  );
  return rows[0];
}

/** More rows than a window holds. */
const MAX_REDELIVERED = 10_000;

/**
 * Delivers the due rows up to the cursor again, after a time in which claims of the batch were refused: the queue has
 * dropped those deliveries. A delivery that it still has becomes a duplicate, which claims nothing. The caller holds the
 * lock of the dispatch row.
 */
async function redeliverRefused(db: Queryable, batchId: string): Promise<void> {
  const { rows } = await db.query<{ id: string; delivery: number }>(
    sql`select j.id, j.delivery from job j join batch_dispatch d on d.batch_id = j.batch_id
     where j.batch_id = ${batchId} and j.outcome is null and j.item_index <= d.reach
       and j.status in ('pending', 'delayed')
       and coalesce(j.seq, j.item_index + 1) <= d.cursor and (j.run_at is null or j.run_at <= now())
     order by j.item_index limit ${MAX_REDELIVERED}`,
  );
  await redeliver(rows);
  await db.query(sql`update batch_dispatch set recall = false where batch_id = ${batchId}`);
}

/**
 * Returns how many rows one delivery carries: one, unless a delivery would cost more than running the row. A bundle has
 * at most 1/32 of the window, so that one window occupies many slots.
 */
const bundleSize = (ratePerSecond: number | null, window: number): number =>
  Math.max(1, Math.min(Math.floor(((ratePerSecond ?? 0) * BUNDLE_MS) / 1000), Math.floor(window / 32), MAX_BUNDLE));

/** The number of jobs that a rate limit allows now. Times are milliseconds from now. */
interface RateAllowance {
  allowed: number;
  /** when the job after the allowed ones may start; null without a limit */
  nextStartMs: number | null;
  /** when to ask again, if the limit allowed fewer than wanted */
  retryInMs?: number | undefined;
}

/**
 * Spaces starts evenly: the generic cell rate algorithm without a burst. A limit of 60 a minute allows one start each
 * second. Starts that were not used do not add up, so that no minute exceeds its limit. Only those of the last second
 * may be used later, because the dispatcher runs once a second.
 * @param ratePerMinute 0 = unlimited
 * @param nextStartMs when the next start is due, from now; null before the first
 */
function applyRateLimit(ratePerMinute: number, nextStartMs: number | null, wanted: number): RateAllowance {
  if (ratePerMinute <= 0) return { allowed: wanted, nextStartMs: null };
  const spacing = 60_000 / ratePerMinute;
  const due = Math.max(nextStartMs ?? 0, -1000);
  if (due > 0) return { allowed: 0, nextStartMs: due, retryInMs: due };
  const allowed = Math.min(wanted, Math.floor(-due / spacing) + 1);
  const after = due + allowed * spacing;
  return { allowed, nextStartMs: after, retryInMs: allowed < wanted ? Math.max(after, 0) : undefined };
}
