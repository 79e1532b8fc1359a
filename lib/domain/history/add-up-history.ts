import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { DELTA_COLUMNS, SUM_DELTAS } from './sum-deltas';

/** Deltas of one statement: about what 1000 statements a second record in 20 s. */
const MAX_DELTAS = 20_000;

/** SQL that adds two histograms. */
const merge = (a: Sql, b: Sql): Sql => sql`(select coalesce(jsonb_object_agg(bucket, n), '{}') from (
    select bucket, sum(n::bigint)::bigint as n from (select * from jsonb_each_text(${a}) union all select * from jsonb_each_text(${b})) parts (bucket, n)
    group by bucket) merged)`;

/**
 * Moves the deltas into the sums by minute, hour and day, in one statement: each delta is either still a delta, or in all
 * three sums. What belongs to a deleted organization is dropped. Any number of machines may do it at once; each delta is added by one of them.
 * @returns how many deltas were added
 */
export async function addUpHistory(): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    sql`with old as (
       delete from history_delta where id in (select id from history_delta order by id limit ${MAX_DELTAS} for update skip locked)
       returning ${DELTA_COLUMNS}
     ), ${SUM_DELTAS}, added as (
       insert into history as h (organization_id, step, type, at, started, completed, failed, cancelled, retried,
         reopened_failed, reopened_cancelled, waits, durations)
       select organization_id, step, type, at, started, completed, failed, cancelled, retried, reopened_failed,
         reopened_cancelled, waits, durations from summed
       where exists (select from organization o where o.id = summed.organization_id)
       order by organization_id, step, type, at
       on conflict (organization_id, step, type, at) do update set
         started = h.started + excluded.started, completed = h.completed + excluded.completed,
         failed = h.failed + excluded.failed, cancelled = h.cancelled + excluded.cancelled,
         retried = h.retried + excluded.retried, reopened_failed = h.reopened_failed + excluded.reopened_failed,
         reopened_cancelled = h.reopened_cancelled + excluded.reopened_cancelled,
         waits = ${merge(sql`h.waits`, sql`excluded.waits`)},
         durations = ${merge(sql`h.durations`, sql`excluded.durations`)}
     )
     select count(*)::int as count from old`,
  );
  return rows[0]?.count ?? 0;
}
