import type { SearchedDto } from '@/lib/contracts/job';
import type { Sql } from '@/lib/db/sql';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';
import { nextSize } from '@/lib/domain/next-size';
import { inTurn } from './search-turns';

/** Milliseconds after which a search returns what it has found. The next request goes on from its cursor. */
export const SEARCH_MS = 300;
/** Milliseconds after which a single statement is given up, to be repeated with fewer rows. */
const STATEMENT_MS = 5_000;
const FIRST_SLICE = 1_000;
const LARGEST_SLICE = 100_000;
/** A slice should take about this long, so that the limit of a search is kept. */
const SLICE_MS = 80;

/** What a statement found in a slice of rows, from the newest back. */
export interface SliceRow {
  /** rows of the slice */
  read: number;
  /** the id of the oldest row of the slice; null if it has none */
  last: string | null;
  /** the ids that were found, the newest first; null if there are none */
  found: string[] | null;
}

interface Search {
  /** reads the next `size` rows before `cursor` with {@link readSlice} */
  read: (cursor: string | undefined, size: number) => Promise<SliceRow | undefined>;
  cursor: string | undefined;
  /** ids to find, one more than are shown */
  most: number;
  /** every row of a slice is found: a full page says nothing about how far a search came */
  exact: boolean;
  /** milliseconds */
  limitMs?: number;
  /** milliseconds that a slice should take */
  sliceMs?: number;
}

export interface SearchResult {
  /** the newest first */
  ids: string[];
  /** the cursor of the next page; null if everything was searched */
  nextCursor: string | null;
  searched: SearchedDto;
}

/**
 * Searches rows from the newest back, in slices whose size follows from how long the last one took, until enough are
 * found, everything was searched, or the limit of time is reached.
 */
export async function searchBack({
  read,
  cursor,
  most,
  exact,
  limitMs = SEARCH_MS,
  sliceMs = SLICE_MS,
}: Search): Promise<SearchResult> {
  const began = performance.now();
  const ids: string[] = [];
  let [at, size, rows, ended] = [cursor, FIRST_SLICE, 0, false];
  let best = { size, rate: 0 };
  while (!ended && ids.length < most && (rows === 0 || performance.now() - began < limitMs)) {
    const asked = performance.now();
    const row = await read(at, size);
    if (!row) {
      // Large inputs: fewer rows fit into the time of a statement.
      if (size === 1) throw new DomainError('unavailable', 'The search took too long. Add a status, a type or a time.');
      size = Math.max(1, Math.floor(size / 16));
      continue;
    }
    ids.push(...(row.found ?? []));
    rows += row.read;
    ended = row.read < size;
    at = row.last ?? at;
    const took = performance.now() - asked;
    const rate = row.read / Math.max(took, 1);
    if (rate > best.rate) best = { size, rate };
    const next = nextSize(size, took, { targetMs: sliceMs, least: 1, most: LARGEST_SLICE });
    // Smaller slices read fewer rows in the same time where a plan sorts everything for each of them.
    const isWorse = most === Number.POSITIVE_INFINITY && next < size && rate < best.rate / 2;
    size = isWorse ? Math.min(LARGEST_SLICE, best.size * 2) : next;
  }
  const isFull = ids.length >= most;
  const page = isFull ? ids.slice(0, most - 1) : ids;
  const nextCursor = isFull ? (page.at(-1) ?? null) : ended ? null : (at ?? null);
  return { ids: page, nextCursor, searched: { all: exact ? isFull || ended : ended && !isFull, rows } };
}

/** Runs the statement of a slice in its turn, with a limit of time. Returns undefined if the limit was reached. */
export const readSlice = (organizationId: string, statement: Sql): Promise<SliceRow | undefined> =>
  withinLimit(organizationId, async (db) => {
    const { rows } = await db.query<SliceRow>(statement);
    return rows[0] ?? { read: 0, last: null, found: null };
  });

/**
 * Reads in a turn of the organization, with a limit of time for a statement.
 * @param limitMs milliseconds
 * @returns undefined if the limit was reached
 */
export async function withinLimit<T>(
  organizationId: string,
  read: (db: Queryable) => Promise<T>,
  limitMs = STATEMENT_MS,
): Promise<T | undefined> {
  try {
    return await inTurn(organizationId, () =>
      transaction(async ({ db }) => {
        await db.query(sql`select set_config('statement_timeout', ${String(limitMs)}, true)`);
        return read(db);
      }),
    );
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === '57014';
