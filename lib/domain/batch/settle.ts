import type { Sql } from '@/lib/db/transaction';

/**
 * The one rule by which a batch is counted and finished, as the SET clause of an UPDATE of `batch b`.
 * A batch ends exactly when nothing of it is open, in the statement that closed the last child.
 * @param tally an SQL row source in scope with the integer columns `completed`, `failed`, `cancelled`
 */
export function settle(tally: string): string {
  const completed = `b.completed + ${tally}.completed`;
  const failed = `b.failed + ${tally}.failed`;
  const cancelled = `b.cancelled + ${tally}.cancelled`;
  const ran = `(${tally}.completed + ${tally}.failed)`;
  const n = `(${tally}.completed + ${tally}.failed + ${tally}.cancelled)`;
  const ends = `(b.sealed and b.status in ('pending', 'in-progress')
      and b.completed + b.failed + b.cancelled + ${n} >= b.total)`;
  // A window of two seconds: long enough to be calm, short enough to follow. What is cancelled is no work done.
  const rolls = `(b.rate_at is null or clock_timestamp() - b.rate_at > interval '2 seconds')`;
  return `
    completed = ${completed}, failed = ${failed}, cancelled = ${cancelled},
    status = case when not ${ends} then b.status
      when b.total = 0 then case when b.stop_reason is not null then 'failed'
        when b.cancel_mode is not null then 'cancelled' else 'completed' end
      when b.cancel_mode is not null and (b.cut_short or ${cancelled} > 0) then 'cancelled'
      when ${completed} = b.total then 'completed'
      when ${cancelled} = b.total then 'cancelled'
      when ${completed} = 0 then 'failed'
      else 'partial' end,
    finished_at = case when ${ends} then clock_timestamp() else b.finished_at end,
    queued_at = case when ${ends} then null else b.queued_at end,
    paused = b.paused and not ${ends},
    slot_freed = b.slot_freed and not ${ends},
    wakes_at = case when ${ends} then null else b.wakes_at end,
    rate_count = case when ${rolls} then 0 else b.rate_count + ${ran} end,
    rate_per_second = case when ${rolls} and b.rate_at is not null
      then (b.rate_count + ${ran}) / greatest(extract(epoch from clock_timestamp() - b.rate_at), 0.001)
      else b.rate_per_second end,
    rate_at = case when ${rolls} then clock_timestamp() else b.rate_at end`;
}

/** Applies the rule where nothing was counted: after a seal or a cancel nothing may be open any more. */
export async function settleNow(sql: Sql, batchId: string): Promise<{ finished: boolean }> {
  const { rows } = await sql.query<{ finished: boolean }>(
    `with tally as (select 0 as completed, 0 as failed, 0 as cancelled)
     update batch b set ${settle('tally')} from tally where b.id = $1 and b.finished_at is null
     returning b.finished_at is not null as finished`,
    [batchId],
  );
  return rows[0] ?? { finished: false };
}
