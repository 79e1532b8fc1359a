import { type Sql, sql } from '@/lib/db/sql';
/**
 * An SQL expression for a `json` column that operators can look into. The type keeps NUL and halves of surrogate pairs
 * as they came, but taking a value that has them apart is an error; they become U+FFFD.
 * JSON.stringify escapes no whole pair, so that every escaped surrogate is half of one.
 */
export const legible = (column: Sql): Sql =>
  sql`(case when ${column}::text like '%\\\\u%' then regexp_replace(${column}::text,
    '(?<!\\\\)((?:\\\\\\\\)*)\\\\u(0000|d[89a-f][0-9a-f]{2})', '\\1\uFFFD', 'gi')::json else ${column} end)`;
