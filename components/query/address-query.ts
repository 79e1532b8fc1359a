import { fromFilters } from '@/lib/query/edit';
import type { QueryKind } from '@/lib/query/query';

/**
 * Returns the query in the address of a list; empty: everything. An address with the parameters of earlier versions is read
 * as a query.
 */
export function queryOfAddress(get: (name: string) => string | null, kind: QueryKind): string {
  const old = () =>
    fromFilters({ status: get('status'), type: get('type'), batchId: get('batchId'), q: get('q') }, kind);
  return (get('query') ?? old()).trim();
}
