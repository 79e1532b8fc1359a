import { type Sql, sql } from '@/lib/db/sql';
import type { Query } from '@/lib/query/query';
import { findIndexed, type IndexedValue, longerKey, valueKey } from './indexed-value';
import { compileQuery } from './job-condition';
import { chooseSource, type JobSource, jobSource } from './job-source';
import type { SearchScope } from './scope';
import { readSlice, type SearchResult, searchBack } from './search-back';

interface Page {
  /** an id, with the mark `rest:` once everything was found that is indexed */
  cursor: string | undefined;
  /** jobs of a page */
  limit: number;
  /** milliseconds */
  limitMs?: number;
  /** milliseconds that a statement should take */
  sliceMs?: number;
}

const REST = 'rest:';
/** Every id is below it. */
const END = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Finds the jobs of an organization that match a query, the newest first. A value of a searchable field is looked up in
 * its index. If other launches did not index the field, their rows are searched after that, from the newest back.
 */
export async function searchJobs(query: Query, scope: SearchScope, { cursor, ...page }: Page): Promise<SearchResult> {
  const indexed = await findIndexed(query, scope);
  const source = chooseSource(query, scope);
  if (cursor?.startsWith(REST)) {
    const after = cursor.slice(REST.length);
    const rest = await searchRows(
      query,
      scope,
      { ...source, exact: false },
      { ...page, cursor: after, without: indexed },
    );
    return { ...rest, nextCursor: rest.nextCursor && REST + rest.nextCursor };
  }
  if (!indexed) return searchRows(query, scope, source, { ...page, cursor });
  const exact = query.terms.length === 1;
  const found = await searchRows(query, scope, { ...source, indexed, exact }, { ...page, cursor });
  if (indexed.isComplete) return found;
  const { ids, nextCursor, searched } = found;
  return { ids, nextCursor: nextCursor ?? REST + END, searched: { ...searched, all: false } };
}

/** A part of a search: the rows that it reads, and what an earlier part has found already. */
interface SearchPhase {
  source: JobSource;
  without?: IndexedValue | undefined;
}

/** Returns the parts of a search for everything that matches: what an index finds, then the rest. */
export async function searchPhases(query: Query, scope: SearchScope): Promise<SearchPhase[]> {
  const indexed = await findIndexed(query, scope);
  const source = chooseSource(query, scope);
  if (!indexed) return [{ source }];
  const found = { source: { ...source, indexed, exact: query.terms.length === 1 } };
  return indexed.isComplete ? [found] : [found, { source: { ...source, exact: false }, without: indexed }];
}

/** Returns the SQL condition of a query on rows `j`. @param without leaves out what an index finds by this value */
export function matchesOf(query: Query, scope: SearchScope, without: IndexedValue | undefined): Sql {
  const matches = [compileQuery(query, scope)];
  if (without) {
    const [key, longer] = [valueKey(without, scope.organizationId), longerKey(without, scope.organizationId)];
    matches.push(
      sql`not exists (select from search_key k where (k.key = ${key} or k.key = ${longer}) and k.job_id = j.id)`,
    );
  }
  return sql.join(matches, ' and ');
}

function searchRows(
  query: Query,
  scope: SearchScope,
  source: JobSource,
  { limit, without, ...page }: Page & { without?: IndexedValue | undefined },
): Promise<SearchResult> {
  return searchBack({
    ...page,
    most: limit + 1,
    exact: source.exact,
    read: (at, size) =>
      readSlice(
        scope.organizationId,
        sql`
      select count(*)::int as read, min(j.id::text) as last,
        array_agg(j.id order by j.id desc) filter (where ${matchesOf(query, scope, without)}) as found
      from (${jobSource(source, scope, at, size)}) as j`,
      ),
  });
}
