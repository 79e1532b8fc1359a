import { likePattern } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';

/**
 * Converts a search text to a condition on the items of a batch: "#12" and "12" match the item's position in the list,
 * any other text is searched in name, input and error.
 * @param row the alias of the table `job` in the statement
 * @returns an SQL condition, and whether an index supports it
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
