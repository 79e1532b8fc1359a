import { type Sql, sql } from '@/lib/db/sql';

/** Columns of a row of deltas, and of the source `old` of {@link SUM_DELTAS}. */
export const DELTA_COLUMNS = sql`organization_id, type, started_minute, ended_minute, started, completed, failed, cancelled,
  retried, reopened_failed, reopened_cancelled, waits, durations`;

/**
 * Adds up the source `old` by minute, hour and day (UTC), for each type and for all types (""). Starts and waits belong to
 * the time of the start, everything else to the time of the end.
 * The result is the source `summed`, with the columns of the table `history`.
 */
export const SUM_DELTAS: Sql = sql`
  moments as (
    select organization_id, type, started_minute as at, sum(started) as started, 0::bigint as completed, 0::bigint as failed,
      0::bigint as cancelled, 0::bigint as retried, 0::bigint as reopened_failed, 0::bigint as reopened_cancelled
    from old where started > 0 group by 1, 2, 3
    union all
    select organization_id, type, ended_minute, 0, sum(completed), sum(failed), sum(cancelled), sum(retried), sum(reopened_failed),
      sum(reopened_cancelled)
    from old where ended_minute is not null group by 1, 2, 3
  ), buckets as (
    select organization_id, type, at, is_wait, bucket, count(*) as n from (
      select organization_id, type, started_minute as at, true as is_wait, unnest(waits) as bucket from old
      union all
      select organization_id, type, ended_minute, false, unnest(durations) from old) measured
    group by 1, 2, 3, 4, 5
  ), spread as (
    select b.organization_id, s.step, k.type, date_trunc(s.step, b.at, 'UTC') as at, b.is_wait, b.bucket, sum(b.n)::bigint as n
    from buckets b cross join (values ('minute'), ('hour'), ('day')) s (step) cross join lateral (values (b.type), ('')) k (type)
    group by 1, 2, 3, 4, 5, 6
  ), histograms as (
    select organization_id, step, type, at, jsonb_object_agg(bucket, n) filter (where is_wait) as waits,
      jsonb_object_agg(bucket, n) filter (where not is_wait) as durations
    from spread group by 1, 2, 3, 4
  ), counts as (
    select m.organization_id, s.step, k.type, date_trunc(s.step, m.at, 'UTC') as at, sum(m.started)::bigint as started,
      sum(m.completed)::bigint as completed, sum(m.failed)::bigint as failed, sum(m.cancelled)::bigint as cancelled,
      sum(m.retried)::bigint as retried, sum(m.reopened_failed)::bigint as reopened_failed,
      sum(m.reopened_cancelled)::bigint as reopened_cancelled
    from moments m cross join (values ('minute'), ('hour'), ('day')) s (step) cross join lateral (values (m.type), ('')) k (type)
    group by 1, 2, 3, 4
  ), summed as (
    select c.*, coalesce(h.waits, '{}') as waits, coalesce(h.durations, '{}') as durations
    from counts c left join histograms h using (organization_id, step, type, at)
  )`;
