import type { BatchOptions } from '@/lib/contracts/batch';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { HOLDS_SLOT } from '@/lib/domain/capacity/slots';
import { optionsOf } from '@/lib/domain/defaults';
import { handOver, type Line } from './hand-over';
import { promoteDue } from './own-time';
import { takeSlots } from './rate';
import { recall } from './recall';

/** What the dispatcher should do next about this batch. */
export interface Dispatched {
  /** rows handed over */
  count: number;
  /** rows handed over and not finished */
  inFlight: number;
  /** how many may be in flight */
  window: number;
  /** rows that still wait */
  waiting: number;
  /** the window should be filled again once no more than this are in flight */
  refillAt: number;
  /** when to come back, where only time is awaited */
  dueInMs?: number | undefined;
}

/** The queue holds at most about this many rows of a batch, whatever its size. */
const MAX_WINDOW = 8000;

/** A delivery carries about this much work at most, as measured, and never more rows than this. */
const BUNDLE_MS = 10;
const MAX_BUNDLE = 64;

interface State extends Line {
  options: BatchOptions;
  open: number;
  next_slot_ms: number | null;
  not_before_ms: number | null;
  /** children whose own time has not come: neither in line nor in flight */
  delayed: number;
  next_due_ms: number | null;
  rate_per_second: number | null;
  recall: boolean;
  runnable: boolean;
}

/**
 * Hands the next window of a batch's rows to the queue. The rows are the outbox: whatever happens between the
 * queue and the commit, the same rows are handed over again, and the queue takes each id once.
 * @param slots jobs of this type that the live consumers run at once
 * @returns undefined when another machine is just doing it, or the batch does not run
 */
export async function dispatchBatch(batchId: string, slots: number): Promise<Dispatched | undefined> {
  return transaction(async ({ db }) => {
    const state = await lockState(db, batchId);
    if (!state?.runnable) return undefined;
    if (state.recall) await recall(db, batchId);
    const { concurrency, ratePerMinute } = optionsOf(state.type, state.options);
    if (state.next_due_ms !== null && state.next_due_ms <= 0) {
      const { lastSeq, delayed } = await promoteDue(db, batchId);
      Object.assign(state, { last_seq: lastSeq, delayed });
    }
    const waiting = state.last_seq - state.cursor - state.holes;
    const inFlight = state.open - waiting - state.delayed;
    // About a second of work ahead: enough to keep every consumer busy, little enough for others to get their turn.
    const ahead = Math.max(2 * slots, Math.ceil(state.rate_per_second ?? 0), 16);
    const window = Math.min(concurrency || Number.POSITIVE_INFINITY, ahead, MAX_WINDOW);
    // Where the concurrency is what limits, each end makes room; a look-ahead may shrink to a half.
    const refillAt = window === concurrency ? window - Math.ceil(window / 8) : window / 2;
    const room = Math.max(0, Math.min(window - inFlight, waiting));
    const next: Dispatched = { count: 0, inFlight, window, waiting, refillAt };
    if (room === 0) return next;
    if (state.not_before_ms !== null && state.not_before_ms > 0) return { ...next, dueInMs: state.not_before_ms };
    const rate = takeSlots(ratePerMinute, state.next_slot_ms, room);
    if (rate.taken === 0) return { ...next, dueInMs: rate.dueInMs };

    const handed = await handOver(db, batchId, state, rate.taken, bundleSize(state.rate_per_second, window));
    await db.query(
      sql`update batch_dispatch set cursor = ${handed.cursor}, holes = ${handed.holes}, reach = ${handed.reach},
         next_slot = case when ${rate.nextSlotMs}::float8 is null then null else now() + make_interval(secs => ${rate.nextSlotMs} / 1000) end
       where batch_id = ${batchId}`,
    );
    return {
      ...next,
      count: handed.count,
      inFlight: inFlight + handed.count,
      waiting: waiting - handed.count,
      dueInMs: rate.dueInMs,
    };
  });
}

async function lockState(db: Queryable, batchId: string): Promise<State | undefined> {
  const { rows } = await db.query<State>(
    sql`select b.type, b.options, b.correlation_id, b.total - b.completed - b.failed - b.cancelled as open, d.initial, d.last_seq, d.cursor, d.reach, d.holes,
       extract(epoch from d.next_slot - now())::float8 * 1000 as next_slot_ms, d.delayed,
       extract(epoch from d.next_due - now())::float8 * 1000 as next_due_ms,
       extract(epoch from b.not_before - now())::float8 * 1000 as not_before_ms,
       greatest(b.rate_per_second, case when clock_timestamp() - b.rate_at > interval '100 milliseconds'
         then b.rate_count / extract(epoch from clock_timestamp() - b.rate_at) end)::float8 as rate_per_second,
       d.recall, ${HOLDS_SLOT} and not b.paused and b.cancel_mode is null as runnable
     from batch_dispatch d join batch b on b.id = d.batch_id
     where d.batch_id = ${batchId} for update of d skip locked`,
  );
  return rows[0];
}

/**
 * Rows that one delivery carries: one, unless so many end in a second that delivering each would cost more than
 * doing it. Never so many that a window would go to a few slots only.
 */
const bundleSize = (ratePerSecond: number | null, window: number): number =>
  Math.max(1, Math.min(Math.floor(((ratePerSecond ?? 0) * BUNDLE_MS) / 1000), Math.floor(window / 32), MAX_BUNDLE));
