import { type Sql, sql } from './sql';

/**
 * Returns an expression that JSON operators can read, for a `json` column. The column stores NUL and unpaired
 * surrogates unchanged, but Postgres can't extract a value that contains them, so they are replaced by U+FFFD.
 * `JSON.stringify` escapes only unpaired surrogates, so every escaped surrogate is one.
 */
export const readableJson = (column: Sql): Sql =>
  sql`(case when ${column}::text like '%\\\\u%' then regexp_replace(${column}::text,
    '(?<!\\\\)((?:\\\\\\\\)*)\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\1\uFFFD', 'gi')::json else ${column} end)`;

/** Turns a search text into an ILIKE pattern that matches it anywhere. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
