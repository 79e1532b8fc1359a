import { COMPARED_STATES, ITEM_CHANGES } from '@/lib/contracts/choices';
import type {
  ComparedItem,
  ComparedItemState,
  ComparedItems,
  ComparedItemsQuery,
  ComparedState,
} from '@/lib/contracts/compare';
import type { JobError } from '@/lib/contracts/errors';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { clip } from '@/lib/domain/preview';
import { type Door, errorAt } from '@/lib/domain/redaction/door';
import { changeOf } from './compare-batches';
import { itemsOf, loadSides, type Side, type Sides, sameItem } from './sides';

/** The longest message of a list, in bytes. */
const MESSAGE = 300;

interface Row {
  here_id: string | null;
  here_attempt: number | null;
  here_index: number | null;
  here_name: string | null;
  here_state: ComparedState | null;
  here_ms: number | null;
  there_id: string | null;
  there_attempt: number | null;
  there_index: number | null;
  there_name: string | null;
  there_state: ComparedState | null;
  there_ms: number | null;
}

const COLUMNS = sql`here.id as here_id, here.attempt as here_attempt, here.item_index as here_index, here.name as here_name,
  here.state as here_state, here.ms as here_ms, there.id as there_id, there.attempt as there_attempt,
  there.item_index as there_index, there.name as there_name, there.state as there_state, there.ms as there_ms`;

/**
 * Lists the items of a comparison: those of this batch in item order, then those that only the other one has.
 * @throws DomainError `forbidden`, `not-found`, `limit-exceeded`
 */
export async function listComparedItems(
  context: Context,
  batchId: string,
  query: ComparedItemsQuery,
): Promise<ComparedItems> {
  requirePermission(context, 'batch.see');
  const sides = await loadSides(context, batchId, query);
  const wanted = query.change ?? ITEM_CHANGES;
  const [part = 0, after = -1] = (query.cursor ?? '0--1').split(/-(.*)/).map(Number);
  const most = query.limit + 1;
  const rows: Row[] = [];
  if (part === 0) rows.push(...(await readHere(sides, wanted, after, most)));
  if (rows.length < most && wanted.includes('only-there')) {
    rows.push(...(await readThere(sides, part === 1 ? after : -1, most - rows.length)));
  }
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const errors = await readErrors(page);
  const stateOf = (side: 'here' | 'there', row: Row) => toState(sides[side], side, row, { errors, door: sides.door });
  return {
    items: page.map(
      (row): ComparedItem => ({
        change: changeOf(row.here_state, row.there_state),
        here: stateOf('here', row),
        there: stateOf('there', row),
      }),
    ),
    nextCursor:
      rows.length > query.limit && last ? (last.here_id ? `0-${last.here_index}` : `1-${last.there_index}`) : null,
  };
}

/** Returns the pairs of states, here and there, that are one of the wanted changes: `failed none`. */
const pairsOf = (wanted: readonly string[]): string[] =>
  [...COMPARED_STATES].flatMap((here) =>
    [...COMPARED_STATES, null]
      .filter((there) => wanted.includes(changeOf(here, there)))
      .map((there) => `${here} ${there ?? 'none'}`),
  );

async function readHere(
  { here, there, matchedBy }: Sides,
  wanted: readonly string[],
  after: number,
  most: number,
): Promise<Row[]> {
  const pairs = pairsOf(wanted);
  if (pairs.length === 0) return [];
  const { rows } = await pool().query<Row>(
    sql`select ${COLUMNS} from (${itemsOf(here)}) here full join (${itemsOf(there)}) there on ${sameItem(matchedBy)}
        where here.item_index > ${after}::int and here.state || ' ' || coalesce(there.state, 'none') = any(${pairs}::text[])
        order by here.item_index limit ${most}`,
  );
  return rows;
}

async function readThere({ here, there, matchedBy }: Sides, after: number, most: number): Promise<Row[]> {
  const { rows } = await pool().query<Row>(
    sql`select ${COLUMNS} from (${itemsOf(here)}) here full join (${itemsOf(there)}) there on ${sameItem(matchedBy)}
        where here.id is null and there.item_index > ${after}::int order by there.item_index limit ${most}`,
  );
  return rows;
}

/** Reads the errors of the items of a page, by job and attempt. An item as it is has the attempt null. */
async function readErrors(page: readonly Row[]): Promise<Map<string, JobError | null>> {
  const asked = page.flatMap((row) => [
    { id: row.here_id, attempt: row.here_attempt },
    { id: row.there_id, attempt: row.there_attempt },
  ]);
  const items = asked.filter((item): item is { id: string; attempt: number | null } => item.id !== null);
  const { rows } = await pool().query<{ id: string; attempt: number | null; error: JobError | null }>(
    sql`select i.id, i.attempt, case when i.attempt is null then j.error else a.error end as error
        from unnest(${items.map(({ id }) => id)}::uuid[], ${items.map(({ attempt }) => attempt)}::int[]) as i(id, attempt)
          join job j on j.id = i.id left join attempt a on a.job_id = i.id and a.attempt = i.attempt`,
  );
  return new Map(rows.map(({ id, attempt, error }) => [`${id} ${attempt}`, error]));
}

function toState(
  { batch }: Side,
  side: 'here' | 'there',
  row: Row,
  { errors, door }: { errors: Map<string, JobError | null>; door: Door },
): ComparedItemState | null {
  const [id, state, index, name] =
    side === 'here'
      ? [row.here_id, row.here_state, row.here_index, row.here_name]
      : [row.there_id, row.there_state, row.there_index, row.there_name];
  if (id === null || state === null) return null;
  const error = errorAt(door, errors.get(`${id} ${row[`${side}_attempt`]}`) ?? null);
  return {
    jobId: id,
    index,
    name:
      name !== null && door.showsNamesOf(batch.type, batch.nameBy)
        ? door.label(name)
        : `${batch.name} #${(index ?? 0) + 1}`,
    state,
    durationMs: row[`${side}_ms`],
    error: error && {
      message: clip(error.message, MESSAGE),
      ...(error.code === undefined ? {} : { code: error.code }),
    },
  };
}
