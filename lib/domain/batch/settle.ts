import { OPTION_DEFAULTS } from '@/lib/contracts/bounds';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';

const COMPLETED = sql`b.completed + tally.completed`;
const CANCELLED = sql`b.cancelled + tally.cancelled`;
const RAN = sql`(tally.completed + tally.failed)`;
const ENDS = sql`(b.sealed and b.status in ('pending', 'in-progress')
      and b.completed + b.failed + b.cancelled + (tally.completed + tally.failed + tally.cancelled) >= b.total)`;
/** The rate is measured over two seconds: long enough to be steady, short enough to follow changes. */
const RATE_WINDOW_OVER = sql`(b.rate_at is null or clock_timestamp() - b.rate_at > interval '2 seconds')`;

/**
 * SET clause of an UPDATE of `batch b`: the only rule that counts ended children and finishes a batch. The statement
 * that closes the last open child finishes the batch. It must have a row source `tally` with the integer columns
 * `completed`, `failed` and `cancelled`.
 */
export const SETTLE = sql`
    completed = ${COMPLETED}, failed = b.failed + tally.failed, cancelled = ${CANCELLED},
    status = case when not ${ENDS} then b.status
      when b.total = 0 then case when b.stop_reason is not null then 'failed'
        when b.cancel_mode is not null then 'cancelled' else 'completed' end
      when b.cancel_mode is not null and (b.cut_short or ${CANCELLED} > 0) then 'cancelled'
      when ${COMPLETED} = b.total then 'completed'
      when ${CANCELLED} = b.total then 'cancelled'
      when ${COMPLETED} = 0 then 'failed'
      else 'partial' end,
    finished_at = case when ${ENDS} then clock_timestamp() else b.finished_at end,
    queued_at = case when ${ENDS} then null else b.queued_at end,
    paused = b.paused and not ${ENDS},
    slot_freed = b.slot_freed and not ${ENDS},
    wakes_at = case when ${ENDS} then null else b.wakes_at end,
    rate_count = case when ${RATE_WINDOW_OVER} then 0 else b.rate_count + ${RAN} end,
    rate_per_second = case when ${RATE_WINDOW_OVER} and b.rate_at is not null
      then (b.rate_count + ${RAN}) / greatest(extract(epoch from clock_timestamp() - b.rate_at), 0.001)
      else b.rate_per_second end,
    rate_at = case when ${RATE_WINDOW_OVER} then clock_timestamp() else b.rate_at end`;

/**
 * SQL condition on `batch b`, null without a limit: so many of its finished children have failed that the others are
 * cancelled (`stopOnFailureRate`, `stopAfter`).
 */
export const TOO_MANY_FAILED = sql`(b.finished_at is null and b.cancel_mode is null and b.failed > 0
        and b.completed + b.failed >= coalesce((b.options->>'stopAfter')::int, ${sql.literal(OPTION_DEFAULTS.stopAfter)})
        and b.failed >= (b.options->>'stopOnFailureRate')::float8 * (b.completed + b.failed))`;
/** The reason of such a cancel. */
export const STOPPED = 'stopped: too many items failed';

/** Applies the rule without new counts: after a seal or a cancel, a batch may have no open child. */
export async function settleNow(db: Queryable, batchId: string): Promise<{ finished: boolean }> {
  const { rows } = await db.query<{ finished: boolean }>(
    sql`with tally as (select 0 as completed, 0 as failed, 0 as cancelled)
     update batch b set ${SETTLE} from tally where b.id = ${batchId} and b.finished_at is null
     returning b.finished_at is not null as finished`,
  );
  return rows[0] ?? { finished: false };
}
