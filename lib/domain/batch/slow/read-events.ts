import type { BatchDto } from '@/lib/contracts/batch';
import { SLOW_SAMPLE } from '@/lib/contracts/slow';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';

/** In each segment, averages of the items that were open, that ran and that waited for another attempt, and the starts. */
export interface Averages {
  open: number;
  running: number;
  retrying: number;
  starts: number;
}

interface Row {
  kind: 'open' | 'running' | 'retrying';
  /** 1: it came, -1: it went */
  step: number;
  segment: number;
  count: number;
  offset_sum: number;
}

/** Milliseconds from the beginning, at most the whole time. */
const offset = (at: Sql, from: number, spanMs: number): Sql =>
  sql`least(${spanMs}::float8, greatest(0, extract(epoch from ${at})::float8 * 1000 - ${from}::float8))`;

/**
 * Reads when items opened and ended, when attempts started and ended, and when items waited for another attempt, and adds
 * them up for the given segments. Only attempts that did not complete have rows of their own; the row of a job has the
 * others. After a retry by hand an item is open again from the retry on.
 * @param edges of the segments, in milliseconds from `from`; the first is 0
 * @param retries times of retries by hand, in milliseconds since 1970, the oldest first
 */
export async function readAverages(
  { id, total }: Pick<BatchDto, 'id' | 'total'>,
  from: number,
  edges: readonly number[],
  retries: readonly number[],
): Promise<{ averages: Averages[]; every: number }> {
  const every = Math.max(1, Math.ceil(total / SLOW_SAMPLE));
  const spanMs = edges.at(-1) ?? 0;
  const items = every === 1 ? sql`job j where j.batch_id = ${id}` : sampled(id, total, every);
  const reopened = sql`coalesce((select min(r) from unnest(${retries.map((ms) => new Date(ms))}::timestamptz[]) r
    where r >= a.finished_at and (a.next_at is null or r <= a.next_at)), a.next_at, a.finished_at)`;
  const { rows } = await pool().query<Row>(
    sql`with item as materialized (
       select j.id, j.attempt, j.status, j.outcome, j.created_at, j.started_at, j.finished_at, j.run_at from ${items}
     ), tried as (
       select i.status, i.outcome, i.finished_at as ended_at, i.run_at, a.started_at, a.finished_at, a.run,
         coalesce(lead(a.started_at) over w, case when i.status in ('active', 'completed') then i.started_at end) as next_at,
         lead(a.attempt) over w is null as is_last, lead(a.run) over w is distinct from a.run as run_ends
       from item i join attempt a on a.job_id = i.id where i.attempt > 1 or i.outcome is distinct from 'completed'
       window w as (partition by a.job_id order by a.attempt)
     ), moved as (
       select 'open' as kind, 1 as step, created_at as at from item
       union all select 'open', -1, finished_at from item where outcome is not null
       union all select 'running', 1, started_at from item where status in ('active', 'completed')
       union all select 'running', -1, finished_at from item where status = 'completed'
       union all select 'running', 1, started_at from tried
       union all select 'running', -1, finished_at from tried
       union all select 'open', -1, finished_at from tried where run is not null and run_ends
       union all select 'open', 1, ${reopened} from tried a where run is not null and run_ends
       union all select 'retrying', s.step, case s.step when 1 then a.finished_at else
           greatest(a.finished_at, coalesce(a.next_at, case when a.outcome is not null then a.ended_at else a.run_at end, a.finished_at)) end
         from tried a cross join (values (1), (-1)) s(step)
         where not a.run_ends and (not a.is_last or a.next_at is not null or a.outcome is null or a.outcome = 'cancelled')
     )
     select kind, step, segment, count(*)::int as count, sum(offset_ms)::float8 as offset_sum
     from (select m.kind, m.step, o.offset_ms, width_bucket(o.offset_ms, ${[...edges]}::float8[]) - 1 as segment
       from moved m cross join lateral (select ${offset(sql`m.at`, from, spanMs)} as offset_ms) o where m.at is not null) placed
     group by kind, step, segment order by segment`,
  );
  return { averages: addUp(rows, edges, every), every };
}

const sampled = (id: string, total: number, every: number): Sql =>
  sql`generate_series(0, ${total}::int - 1, ${every}::int) s join job j on j.batch_id = ${id} and j.item_index = s`;

/** Converts changes to averages: what was there at the beginning of a segment, and what came and went in it. */
function addUp(rows: readonly Row[], edges: readonly number[], every: number): Averages[] {
  const now = { open: 0, running: 0, retrying: 0 };
  return edges.slice(0, -1).map((begin, segment) => {
    const end = edges[segment + 1] ?? begin;
    const sums = {
      open: now.open * (end - begin),
      running: now.running * (end - begin),
      retrying: now.retrying * (end - begin),
    };
    let starts = 0;
    for (const row of rows) {
      if (row.segment !== segment) continue;
      sums[row.kind] += row.step * (row.count * end - row.offset_sum);
      now[row.kind] += row.step * row.count;
      if (row.kind === 'running' && row.step === 1) starts += row.count * every;
    }
    const average = (kind: Row['kind']): number => Math.max(0, (sums[kind] / Math.max(1e-9, end - begin)) * every);
    return { open: average('open'), running: average('running'), retrying: average('retrying'), starts };
  });
}
