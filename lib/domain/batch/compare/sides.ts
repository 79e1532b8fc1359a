import type { BatchDto } from '@/lib/contracts/batch';
import { type CompareQuery, MAX_COMPARED } from '@/lib/contracts/compare';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { loadBatch } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { type Door, openDoor } from '@/lib/domain/redaction/door';

/** One side of a comparison: a batch, and which run of its items. */
export interface Side {
  batch: BatchDto;
  /** null: the items as they are */
  run: number | null;
  /** how many runs an item of the batch has had at most */
  runs: number;
}

export interface Sides {
  here: Side;
  there: Side;
  matchedBy: 'name' | 'position';
  door: Door;
}

/**
 * Loads both sides and decides how their items are matched. The names of items are compared only for who may see them:
 * a type may make them of the inputs.
 * @throws DomainError `not-found`, `limit-exceeded` for more than MAX_COMPARED items
 */
export async function loadSides(context: Context, batchId: string, query: CompareQuery): Promise<Sides> {
  const [batch, other, door] = await Promise.all([
    loadBatch(context, batchId),
    loadBatch(context, query.with ?? batchId),
    openDoor(context),
  ]);
  for (const { name, total } of [batch, other]) {
    if (total > MAX_COMPARED) {
      throw new DomainError(
        'limit-exceeded',
        `“${name}” has more than ${MAX_COMPARED.toLocaleString('en-US')} items, which is the most that is compared.`,
      );
    }
  }
  const isSame = batch.id === other.id;
  const runs = await countRuns(batch.id);
  const here = { batch, run: query.run ?? null, runs };
  const there = { batch: other, run: query.withRun ?? null, runs: isSame ? runs : await countRuns(other.id) };
  if (isSame && query.withRun === undefined) there.run = Math.max(1, (query.run ?? runs) - 1);
  const showsNames =
    [batch, other].every(({ type, nameBy }) => door.showsNamesOf(type, nameBy)) && door.hiddenNames === null;
  const byName = !isSame && showsNames && (query.match ? query.match === 'name' : await haveNames(here, there));
  return { here, there, matchedBy: byName ? 'name' : 'position', door };
}

/** An item that completed in its first attempt has no row for it, and only one run. */
const HAS_ATTEMPTS = sql`(j.attempt > 1 or j.outcome is distinct from 'completed')`;

/** Returns how many runs an item of a batch has had at most: a retry by hand starts the next one. */
async function countRuns(batchId: string): Promise<number> {
  const { rows } = await pool().query<{ runs: number }>(
    sql`select 1 + coalesce(max(a.run), 0) as runs from job j join attempt a on a.job_id = j.id
        where j.batch_id = ${batchId} and ${HAS_ATTEMPTS} and a.run is not null`,
  );
  return must(rows[0], 'The number of runs').runs;
}

/** Returns whether every item has a name of its own in both batches, and at least half of the smaller one is in both. */
async function haveNames(here: Side, there: Side): Promise<boolean> {
  const names = (batchId: string) =>
    sql`select name, count(*) as items from job where batch_id = ${batchId} group by name`;
  const { rows } = await pool().query<{ fits: boolean }>(
    sql`with here as materialized (${names(here.batch.id)}), there as materialized (${names(there.batch.id)}),
       own as (select bool_and(name is not null and items = 1) as all_own
         from (select name, items from here union all select name, items from there) both_sides)
     select coalesce((select all_own from own) and 2 * (select count(*) from here join there using (name))
       >= least((select count(*) from here), (select count(*) from there)), false) as fits`,
  );
  return rows[0]?.fits ?? false;
}

/**
 * Selects the items of a side: `item_index, id, name, state, ms, attempt, consumer`. For an earlier run it is how the last attempt of
 * that run ended; an item that has had fewer runs counts as it is. `attempt` is null for an item as it is.
 */
export function itemsOf({ batch, run }: Side): Sql {
  const milliseconds = (from: Sql, to: Sql): Sql =>
    sql`(case when ${from} is not null then greatest(0, extract(epoch from ${to} - ${from}) * 1000) end)::float8`;
  if (run === null) {
    return sql`select j.item_index, j.id, j.name, coalesce(j.outcome, 'open') as state,
        case when j.outcome in ('completed', 'failed') then ${milliseconds(sql`j.started_at`, sql`j.finished_at`)} end as ms,
        null::int as attempt, j.consumer_id as consumer
      from job j where j.batch_id = ${batch.id}`;
  }
  return sql`select j.item_index, j.id, j.name,
      coalesce(case when e.outcome in ('failed', 'crashed') then 'failed' when e.outcome is not null then 'cancelled' end,
        j.outcome, 'open') as state,
      case when e.outcome in ('failed', 'crashed') then ${milliseconds(sql`e.started_at`, sql`e.finished_at`)}
        when e.outcome is null and j.outcome in ('completed', 'failed')
        then ${milliseconds(sql`j.started_at`, sql`j.finished_at`)} end as ms,
      e.attempt, case when e.attempt is null then j.consumer_id else e.consumer_id end as consumer
    from job j left join lateral (
      select a.attempt, a.outcome, a.started_at, a.finished_at, a.consumer_id from attempt a
      where ${HAS_ATTEMPTS} and a.job_id = j.id and a.run = ${run} order by a.attempt desc limit 1
    ) e on true where j.batch_id = ${batch.id}`;
}

/** SQL condition: `here` and `there` are the same item. */
export const sameItem = (matchedBy: 'name' | 'position'): Sql =>
  matchedBy === 'name' ? sql`here.name = there.name` : sql`here.item_index = there.item_index`;
