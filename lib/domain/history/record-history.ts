import { sql } from '@/lib/db/sql';
import { bucketOf } from './histogram';

const MINUTE = sql`interval '1 minute'`;
const ORIGIN = sql`timestamptz '2000-01-01 00:00:00+00'`;
const NOW_MINUTE = sql`date_bin(${MINUTE}, clock_timestamp(), ${ORIGIN})`;

/**
 * These statements write what the history shows: one row for what one statement ended, in the same transaction, so
 * nothing is counted twice and nothing is lost. Each belongs into a `with` list after the source that it names.
 */

/**
 * Attempts that were recorded. The source `changed` must have the columns organization_id, type, status, kind, and
 * started_at, finished_at (null: it runs again), ready_at.
 */
export const RECORD_ATTEMPTS = sql`insert into history_delta
    (organization_id, type, started_minute, ended_minute, started, completed, failed, cancelled, retried, waits, durations)
  select organization_id, type, started_minute, ended_minute, count(*), count(*) filter (where status = 'completed'),
    count(*) filter (where status = 'failed'), count(*) filter (where status = 'cancelled'),
    count(*) filter (where kind = 'retry' and status in ('pending', 'delayed')),
    array_agg(wait), coalesce(array_agg(duration) filter (where status in ('completed', 'failed')), '{}')
  from (select organization_id, type, status, kind, date_bin(${MINUTE}, started_at, ${ORIGIN}) as started_minute,
      date_bin(${MINUTE}, coalesce(finished_at, clock_timestamp()), ${ORIGIN}) as ended_minute,
      ${bucketOf(sql`started_at - ready_at`)} as wait, ${bucketOf(sql`finished_at - started_at`)} as duration
    from changed) attempts
  group by organization_id, type, started_minute, ended_minute`;

/**
 * Attempts that ended without an outcome, because their consumer died or was stopped. The source `returned` must have the
 * columns organization_id, type, started_at, ready_at, crashed.
 */
export const RECORD_RETURNED = sql`insert into history_delta
    (organization_id, type, started_minute, ended_minute, started, retried, waits)
  select organization_id, type, date_bin(${MINUTE}, started_at, ${ORIGIN}) as started_minute, ${NOW_MINUTE}, count(*),
    count(*) filter (where crashed), array_agg(${bucketOf(sql`started_at - ready_at`)})
  from returned where started_at is not null group by organization_id, type, started_minute`;

/** Jobs that ended without an attempt. The source `closed` must have the columns organization_id, type and status. */
export const RECORD_CLOSED = sql`insert into history_delta (organization_id, type, ended_minute, failed, cancelled)
  select organization_id, type, ${NOW_MINUTE}, count(*) filter (where status = 'failed'), count(*) filter (where status = 'cancelled')
  from closed where status in ('failed', 'cancelled') group by organization_id, type`;

/** Jobs that were reopened by hand. The source `reopened` must have the columns organization_id, type and was, the status before. */
export const RECORD_REOPENED = sql`insert into history_delta (organization_id, type, ended_minute, reopened_failed, reopened_cancelled)
  select organization_id, type, ${NOW_MINUTE}, count(*) filter (where was = 'failed'), count(*) filter (where was = 'cancelled')
  from reopened group by organization_id, type`;

/** SQL of the time from which a job `j` of the batch `b`, if it has one, could run. */
export const READY_AT = sql`greatest(coalesce(j.waiting_since, j.created_at), b.started_at, b.not_before)`;
