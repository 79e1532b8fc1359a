import { type Sql, sql } from '@/lib/db/sql';
import type { Query } from '@/lib/query/query';
import { compileBatchQuery } from './batch-condition';
import { compileFlowQuery } from './flow-condition';
import type { SearchScope } from './scope';
import { readSlice, type SearchResult, searchBack } from './search-back';

interface Page {
  cursor: string | undefined;
  limit: number;
  /** milliseconds */
  limitMs?: number;
}

const before = (cursor: string | undefined): Sql => (cursor === undefined ? sql`true` : sql`r.id < ${cursor}::uuid`);

/** Finds the batches of an organization that match a query, the newest first. */
export function searchBatches(query: Query, scope: SearchScope, { limit, ...page }: Page): Promise<SearchResult> {
  const matches = compileBatchQuery(query, scope);
  return searchBack({
    ...page,
    most: limit + 1,
    exact: query.terms.length === 0,
    read: (at, size) =>
      readSlice(
        scope.organizationId,
        sql`
      select count(*)::int as read, min(b.id::text) as last, array_agg(b.id order by b.id desc) filter (where ${matches}) as found
      from (select r.* from batch r where r.organization_id = ${scope.organizationId} and ${before(at)} order by r.id desc limit ${size}) as b`,
      ),
  });
}

/** Finds the flows of an organization that match a query, the newest first. */
export function searchFlows(query: Query, scope: SearchScope, { limit, ...page }: Page): Promise<SearchResult> {
  const matches = compileFlowQuery(query, scope);
  return searchBack({
    ...page,
    most: limit + 1,
    exact: query.terms.length === 0,
    read: (at, size) =>
      readSlice(
        scope.organizationId,
        sql`
      select count(*)::int as read, min(f.id::text) as last, array_agg(f.id order by f.id desc) filter (where ${matches}) as found
      from (select r.* from flow r where r.organization_id = ${scope.organizationId} and ${before(at)} order by r.id desc limit ${size}) as f`,
      ),
  });
}
