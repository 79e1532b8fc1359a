import { type Sql, sql } from './sql';

/**
 * Returns an expression that JSON operators can read, for a `json` column. The column stores NUL and unpaired
 * surrogates unchanged, but Postgres can't extract a value that contains them, so they are replaced by U+FFFD.
 */
export const readableJson = (column: Sql): Sql => sql`readable_json(${column})`;

/** Turns a search text into an ILIKE pattern that matches it anywhere. */
export const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
