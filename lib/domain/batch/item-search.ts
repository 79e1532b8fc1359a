import { likePattern } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';

/**
 * What a person typed to find items of a batch: "#12" or "12" is the place that the list shows, anything else is looked
 * for in name, input and error.
 * @param row how the statement calls the table of jobs
 * @returns an SQL condition, and whether an index finds what it names
 */
export function itemSearch(q: string, row: Sql): { condition: Sql; indexed: boolean } {
  const place = /^#?(\d{1,7})$/.exec(q.trim())?.[1];
  if (place) return { condition: sql`${row}.item_index = ${place}::int - 1`, indexed: true };
  const pattern = likePattern(q);
  return {
    condition: sql`(${row}.name ilike ${pattern} or ${row}.data::text ilike ${pattern} or ${row}.error::text ilike ${pattern})`,
    indexed: false,
  };
}
