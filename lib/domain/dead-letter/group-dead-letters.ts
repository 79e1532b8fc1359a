import type { DeadGrouping } from '@/lib/contracts/choices';
import { MAX_DEAD_GROUPS } from '@/lib/contracts/dead-letter';
import type { SearchedDto } from '@/lib/contracts/job';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import { DomainError } from '@/lib/domain/errors';
import { type FailureGroupTerms, failureGroupOf, IS_DEAD } from '@/lib/domain/query/failure-condition';
import { compileQuery } from '@/lib/domain/query/job-condition';
import type { SearchScope } from '@/lib/domain/query/scope';
import { searchBack, withinLimit } from '@/lib/domain/query/search-back';
import { isAnything, literalOf, type Query, type Term } from '@/lib/query/query';

/** A group as it is counted. */
export interface CountedGroup {
  /** hash of the reason, the type, or the id of the batch; null: no batch */
  key: string | null;
  count: number;
  /** milliseconds since 1970 */
  oldest: number;
  newest: number;
  /** the id of the newest job */
  sample: string;
}

export interface CountedGroups {
  /** the most frequent first */
  groups: CountedGroup[];
  total: number;
  groupCount: number;
  searched: SearchedDto;
}

/** Milliseconds for a search through what no index has. */
const SEARCH_MS = 1_000;
/** Groups that one slice of a search may return. */
const MOST_OF_SLICE = 5_000;

const KEYS: Readonly<Record<DeadGrouping, Sql>> = {
  reason: sql`j.failure_key::text`,
  type: sql`j.type`,
  batch: sql`j.batch_id::text`,
};

/** Counts the dead letters that match a query, by group. */
export function groupDeadLetters(query: Query, scope: SearchScope, by: DeadGrouping): Promise<CountedGroups> {
  const group = failureGroupOf(query);
  return query.terms.every((term) => isInIndex(term, group))
    ? countAll(query, scope, by)
    : searchNewest(query, scope, by, group);
}

/** Whether the index of dead letters has what a term needs. */
function isInIndex(term: Term, group: FailureGroupTerms | undefined): boolean {
  if (group?.terms.includes(term)) return true;
  if (term.field === 'is') return term.any.every((state) => literalOf(state) === 'dead');
  if (term.field === 'batch') return term.any.every((pattern) => isAnything(pattern) || isId(literalOf(pattern) ?? ''));
  if (term.field === 'id') return term.any.every((pattern) => isId(literalOf(pattern) ?? ''));
  return term.field === 'type' || term.field === 'finished';
}

const MEASURES = sql`count(*)::float8 as count, (extract(epoch from min(j.finished_at)) * 1000)::float8 as oldest,
  (extract(epoch from max(j.finished_at)) * 1000)::float8 as newest, max(j.id::text collate "C") as sample`;

async function countAll(query: Query, scope: SearchScope, by: DeadGrouping): Promise<CountedGroups> {
  const found = await withinLimit(scope.organizationId, (db) =>
    db.query<CountedGroup & { total: number; groups: number }>(
      sql`select ${KEYS[by]} as key, ${MEASURES}, (sum(count(*)) over ())::float8 as total, (count(*) over ())::float8 as groups
        from job j where ${IS_DEAD} and ${compileQuery(query, scope)}
        group by 1 order by count(*) desc, max(j.finished_at) desc limit ${MAX_DEAD_GROUPS}`,
    ),
  );
  if (!found) throw new DomainError('unavailable', 'Counting the dead letters took too long. Add a type or a batch.');
  const [first] = found.rows;
  const total = first?.total ?? 0;
  const groups = found.rows.map(({ key, count, oldest, newest, sample }) => ({ key, count, oldest, newest, sample }));
  return { groups, total, groupCount: first?.groups ?? 0, searched: { all: true, rows: total } };
}

interface Slice {
  read: number;
  last: string | null;
  groups: CountedGroup[] | null;
}

/** Reads dead letters from the newest back, in slices, and adds their groups up. */
async function searchNewest(
  query: Query,
  scope: SearchScope,
  by: DeadGrouping,
  group: FailureGroupTerms | undefined,
): Promise<CountedGroups> {
  const known = new Map<string | null, CountedGroup>();
  const quick = query.terms.filter((term) => isInIndex(term, undefined) || group?.terms.includes(term));
  const [source, matches] = [compileQuery({ terms: quick }, scope), compileQuery(query, scope)];
  const { searched } = await searchBack({
    cursor: undefined,
    most: Number.POSITIVE_INFINITY,
    exact: false,
    limitMs: SEARCH_MS,
    read: async (at, size) => {
      const before = at === undefined ? sql`true` : sql`j.id < ${at}::uuid`;
      const slice = await withinLimit(scope.organizationId, (db) =>
        db.query<Slice>(
          sql`with slice as materialized (
              select j.id, j.failure_key, j.type, j.batch_id, j.finished_at, (${matches}) is true as found
              from job j where ${IS_DEAD} and ${source} and ${before} order by j.id desc limit ${size})
            select (select count(*)::int from slice) as read, (select min(s.id::text) from slice s) as last,
              (select json_agg(g) from (select ${KEYS[by]} as key, ${MEASURES} from slice j where j.found
                group by 1 limit ${MOST_OF_SLICE}) as g) as groups`,
        ),
      );
      const row = slice?.rows[0];
      if (!row) return undefined;
      for (const each of row.groups ?? []) add(known, each);
      return { read: row.read, last: row.last, found: null };
    },
  });
  const all = [...known.values()];
  return {
    groups: all.sort((a, b) => b.count - a.count || b.newest - a.newest).slice(0, MAX_DEAD_GROUPS),
    total: all.reduce((sum, { count }) => sum + count, 0),
    groupCount: all.length,
    searched,
  };
}

/** Adds the count of older rows to a group. */
function add(known: Map<string | null, CountedGroup>, older: CountedGroup): void {
  const group = known.get(older.key);
  if (!group) {
    known.set(older.key, older);
    return;
  }
  group.count += older.count;
  group.oldest = Math.min(group.oldest, older.oldest);
  group.newest = Math.max(group.newest, older.newest);
}
