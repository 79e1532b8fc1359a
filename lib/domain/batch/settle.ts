/**
 * The one rule by which a batch is counted and finished, as the SET clause of an UPDATE of `batch b`.
 * A batch ends exactly when nothing of it is open, in the statement that closed the last child.
 * @param tally an SQL row source in scope with the integer columns `completed`, `failed`, `cancelled`
 */
export function settle(tally: string): string {
  const completed = `b.completed + ${tally}.completed`;
  const failed = `b.failed + ${tally}.failed`;
  const cancelled = `b.cancelled + ${tally}.cancelled`;
  const n = `(${tally}.completed + ${tally}.failed + ${tally}.cancelled)`;
  const ends = `(b.sealed and b.status in ('pending', 'in-progress')
      and b.completed + b.failed + b.cancelled + ${n} >= b.total)`;
  // A window of two seconds: long enough to be calm, short enough to follow.
  const rolls = `(b.rate_at is null or clock_timestamp() - b.rate_at > interval '2 seconds')`;
  return `
    completed = ${completed}, failed = ${failed}, cancelled = ${cancelled},
    status = case when not ${ends} then b.status
      when b.cancel_mode is not null and ${cancelled} > 0 then 'cancelled'
      when ${completed} = b.total then 'completed'
      when ${cancelled} = b.total then 'cancelled'
      when ${completed} = 0 then 'failed'
      else 'partial' end,
    finished_at = case when ${ends} then clock_timestamp() else b.finished_at end,
    queued_at = case when ${ends} then null else b.queued_at end,
    paused = b.paused and not ${ends},
    rate_count = case when ${rolls} then 0 else b.rate_count + ${n} end,
    rate_per_second = case when ${rolls} and b.rate_at is not null
      then (b.rate_count + ${n}) / greatest(extract(epoch from clock_timestamp() - b.rate_at), 0.001)
      else b.rate_per_second end,
    rate_at = case when ${rolls} then clock_timestamp() else b.rate_at end`;
}
