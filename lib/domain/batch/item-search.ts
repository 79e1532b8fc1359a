import { likePattern } from '@/lib/domain/like';

/**
 * What a person typed to find items of a batch: "#12" or "12" is the place that the list shows, anything else is looked
 * for in name, input and error.
 * @param from the number of the first parameter that is free
 * @param row how the statement calls the table of jobs
 * @returns an SQL condition, the values of its parameters, and whether an index finds what it names
 */
export function itemSearch(
  q: string,
  from: number,
  row: string,
): { condition: string; values: unknown[]; indexed: boolean } {
  const place = /^#?(\d{1,7})$/.exec(q.trim())?.[1];
  if (place) return { condition: `${row}.item_index = $${from}::int - 1`, values: [place], indexed: true };
  const found = ['name', 'data::text', 'error::text'].map((column) => `${row}.${column} ilike $${from}`);
  return { condition: `(${found.join(' or ')})`, values: [likePattern(q)], indexed: false };
}
