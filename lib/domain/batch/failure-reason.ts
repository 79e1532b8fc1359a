import { readableJson } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';

const ERROR = readableJson(sql`error`);

/** An SQL expression for the error message of a failed row, cut to the length that reasons use. */
export const FAILURE_MESSAGE = sql`left(coalesce(${ERROR}->>'message', 'unknown'), 300)`;

/** An SQL expression for the error code of a failed row. */
export const FAILURE_CODE = sql`${ERROR}->>'code'`;

/** Returns an SQL condition on failed rows: they failed for this reason. */
export const failedSo = ({ code, message }: { code: string | null; message: string }): Sql =>
  sql`${FAILURE_CODE} is not distinct from ${code}::text and ${reasonOf(FAILURE_MESSAGE)} = ${reasonOf(sql`${message}::text`)}`;

/** Values in other kinds of quotes, which a JSON text may contain: `\"…\"`, '…' and `…`. */
const OTHER_QUOTES = String.raw`\\"[^"\\]*\\"|(?<![[:alnum:]])'[^'"]*'(?![[:alnum:]])|${'`[^`]*`'}`;
/** A JSON string of several words: the text of a response, and no value of the request. */
const SENTENCE = String.raw`([{\[,:]\s?)"([^"]*\s[^"]*)"`;
const VALUES = '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"[^"]*("|$)';
/** Characters to compare. Long messages are stored cut, and the position of the cut depends on the length of values. */
const COMPARED = 160;

/**
 * Returns an SQL expression that normalizes a message: numbers, ids and quoted values become `#`. Sentences in a JSON
 * response stay, because they distinguish reasons.
 * @param message an SQL expression
 */
export const reasonOf = (message: Sql): Sql =>
  sql`left(regexp_replace(regexp_replace(regexp_replace(${message}, ${sql.literal(OTHER_QUOTES)}, '#', 'g'), ${sql.literal(SENTENCE)}, '\\1\\2', 'g'),
    ${sql.literal(VALUES)}, '#', 'g'), ${sql.literal(COMPARED)})`;
