import { sql } from '@/lib/db/sql';
import type { Query } from '@/lib/query/query';
import { compileQuery } from './job-condition';
import { chooseSource, jobSource } from './job-source';
import type { SearchScope } from './scope';
import { type SearchResult, searchBack } from './search-back';

interface Page {
  cursor: string | undefined;
  /** jobs of a page */
  limit: number;
  /** milliseconds */
  limitMs?: number;
}

/** Finds the jobs of an organization that match a query, the newest first. */
export function searchJobs(query: Query, scope: SearchScope, { cursor, limit, limitMs }: Page): Promise<SearchResult> {
  const source = chooseSource(query, scope);
  const matches = compileQuery(query, scope);
  return searchBack({
    cursor,
    most: limit + 1,
    exact: source.exact,
    ...(limitMs === undefined ? {} : { limitMs }),
    slice: (at, size) => sql`
      select count(*)::int as read, min(j.id::text) as last, array_agg(j.id order by j.id desc) filter (where ${matches}) as found
      from (${jobSource(source, scope, at, size)}) as j`,
  });
}
