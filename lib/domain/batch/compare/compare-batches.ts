import { COMPARED_STATES, ITEM_CHANGES, type ItemChange } from '@/lib/contracts/choices';
import type { ComparedSide, ComparedState, CompareQuery, ComparisonDto } from '@/lib/contracts/compare';
import { isFields, stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { optionsOf } from '@/lib/domain/defaults';
import { codeVersionOf } from '@/lib/domain/worker/code-version';
import { isJobType } from '@/lib/job-types/catalogue';
import { itemsOf, loadSides, type Side, type Sides, sameItem } from './sides';

interface Transition {
  here: ComparedState | null;
  there: ComparedState | null;
  count: number;
}

/** How an item changed. It is newly failed, for example, if it failed here and did not fail there. */
export function changeOf(here: ComparedState | null, there: ComparedState | null): ItemChange {
  if (there === null) return 'only-here';
  if (here === null) return 'only-there';
  if (here === there) return 'same';
  if (here === 'failed') return 'newly-failed';
  return here === 'completed' ? 'newly-completed' : 'otherwise-changed';
}

/**
 * Compares two batches, or two runs of one batch: options, how each item ended, and how long items took.
 * @throws DomainError `forbidden`, `not-found`, `limit-exceeded`
 */
export async function compareBatches(context: Context, batchId: string, query: CompareQuery): Promise<ComparisonDto> {
  requirePermission(context, 'batch.see');
  const sides = await loadSides(context, batchId, query);
  const [transitions, durations, codeOfHere, codeOfThere, here, there] = await Promise.all([
    readTransitions(sides),
    readDurations(sides),
    readCodeVersions(sides.here),
    readCodeVersions(sides.there),
    readOptionChanges(context, sides.here),
    readOptionChanges(context, sides.there),
  ]);
  const changes = Object.fromEntries(ITEM_CHANGES.map((change) => [change, 0])) as Record<ItemChange, number>;
  for (const { here: now, there: then, count } of transitions) changes[changeOf(now, then)] += count;
  const side = (
    of: 'here' | 'there',
    { codeVersions, optionChanges }: Pick<ComparedSide, 'codeVersions' | 'optionChanges'>,
  ): ComparedSide => ({
    ...sides[of],
    states: countStates(transitions, of),
    durations: durations[of],
    elapsedMs: sides[of].run === null ? elapsedMs(sides[of]) : null,
    options: effective(sides[of]),
    codeVersions,
    optionChanges,
  });
  return {
    here: side('here', { codeVersions: codeOfHere, optionChanges: here }),
    there: side('there', { codeVersions: codeOfThere, optionChanges: there }),
    matchedBy: sides.matchedBy,
    changes,
    transitions,
    options: differences(sides),
    histogram: durations.histogram,
  };
}

async function readTransitions({ here, there, matchedBy }: Sides): Promise<Transition[]> {
  const { rows } = await pool().query<Transition>(
    sql`select here.state as here, there.state as there, count(*)::int as count
        from (${itemsOf(here)}) here full join (${itemsOf(there)}) there on ${sameItem(matchedBy)}
        group by here.state, there.state order by count(*) desc`,
  );
  return rows;
}

interface CodeRow {
  version: string | null;
  items: number;
}

/** Items are counted by consumer first: there are few of them, and versions are theirs. */
async function readCodeVersions(side: Side): Promise<CodeRow[]> {
  const { rows } = await pool().query<CodeRow>(
    sql`with ran as (select consumer, count(*) as items from (${itemsOf(side)}) i where consumer is not null group by consumer)
     select v.version, sum(ran.items)::int as items from ran
       cross join lateral (select ${codeVersionOf(sql`ran.consumer`, sql`${side.batch.type}::text`)} as version) v
     group by v.version order by items desc, v.version`,
  );
  return rows;
}

const countStates = (transitions: readonly Transition[], of: 'here' | 'there'): Record<ComparedState, number> =>
  Object.fromEntries(
    COMPARED_STATES.map((state) => [
      state,
      transitions.reduce((sum, transition) => sum + (transition[of] === state ? transition.count : 0), 0),
    ]),
  ) as Record<ComparedState, number>;

interface DurationRow {
  side: 'here' | 'there';
  step: number;
  items: number;
  total_ms: number;
  p50: number | null;
  p95: number | null;
}

/** Each step of the histogram is this many times as long as the one before. */
const STEP = Math.SQRT2;

/** Equal durations are counted first, so that percentiles and steps need no sort of all items. */
async function readDurations({ here, there }: Sides) {
  const { rows } = await pool().query<DurationRow>(
    sql`with counted as (
       select side, ms, count(*) as items from (
         select 'here' as side, ms from (${itemsOf(here)}) i where ms is not null
         union all select 'there', ms from (${itemsOf(there)}) i where ms is not null) runs group by side, ms
     ), ranked as (
       select side, ms, items, sum(items) over (partition by side order by ms) as up_to, sum(items) over (partition by side) as of
       from counted
     )
     select side, floor(2 * ln(greatest(ms, 1)) / ln(2))::int as step, sum(items)::int as items, sum(ms * items)::float8 as total_ms,
       min(ms) filter (where up_to >= 0.5 * of)::float8 as p50, min(ms) filter (where up_to >= 0.95 * of)::float8 as p95
     from ranked group by 1, 2 order by 2`,
  );
  const least = (values: (number | null)[]): number | null =>
    values.reduce<number | null>(
      (low, value) => (value === null || (low !== null && low <= value) ? low : value),
      null,
    );
  const ofSide = (side: 'here' | 'there') => {
    const own = rows.filter((row) => row.side === side);
    return {
      items: own.reduce((sum, { items }) => sum + items, 0),
      p50: least(own.map(({ p50 }) => p50)),
      p95: least(own.map(({ p95 }) => p95)),
      totalMs: own.reduce((sum, { total_ms: ms }) => sum + ms, 0),
    };
  };
  const [first, last] = [rows[0]?.step ?? 0, rows.at(-1)?.step ?? -1];
  const inStep = (side: string, step: number) => rows.find((row) => row.side === side && row.step === step)?.items ?? 0;
  const histogram = Array.from({ length: last - first + 1 }, (_, i) => ({
    // The first step holds everything below 1 ms too.
    fromMs: first + i === 0 ? 0 : STEP ** (first + i),
    toMs: STEP ** (first + i + 1),
    here: inStep('here', first + i),
    there: inStep('there', first + i),
  }));
  return { here: ofSide('here'), there: ofSide('there'), histogram };
}

function elapsedMs({ batch: { startedAt, finishedAt } }: Side): number | null {
  if (!startedAt) return null;
  return Math.max(0, (finishedAt ? Date.parse(finishedAt) : Date.now()) - Date.parse(startedAt));
}

const effective = ({ batch }: Side): Record<string, unknown> => ({
  // The type of an old batch may be gone.
  ...(isJobType(batch.type) ? optionsOf(batch.type, batch.options) : batch.options),
  priority: batch.priority,
});

/** Returns the options that differ, by name, and the types if they do. */
function differences({ here, there }: Sides): ComparisonDto['options'] {
  const facts = (side: Side): Record<string, unknown> => ({ type: side.batch.type, ...effective(side) });
  const [now, then] = [facts(here), facts(there)];
  return [...new Set([...Object.keys(now), ...Object.keys(then)])]
    .map((name) => ({ name, here: now[name] ?? null, there: then[name] ?? null }))
    .filter((option) => stringifyJson(option.here) !== stringifyJson(option.there));
}

/** Changes that are shown, the latest ones. */
const MAX_CHANGES = 50;

/** Reads how the options were changed after the launch, from the audit entries of the batch. */
async function readOptionChanges(context: Context, { batch }: Side): Promise<ComparedSide['optionChanges']> {
  const { rows } = await pool().query<{ at: Date; actor: string; before: unknown; after: unknown }>(
    sql`select at, actor, before, after from audit
        where organization_id = ${context.organizationId} and target_id = ${batch.id} and action = 'batch.update'
        order by at desc, id desc limit ${MAX_CHANGES}`,
  );
  const optionsIn = (value: unknown): unknown => (isFields(value) ? (value.options ?? null) : null);
  return rows
    .map(({ at, actor, before, after }) => ({
      at: at.toISOString(),
      by: actor,
      before: optionsIn(before),
      after: optionsIn(after),
    }))
    .filter(({ after }) => after !== null)
    .reverse();
}
