import { readableJson } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';

const ERROR = readableJson(sql`error`);

/** An SQL expression for what a failed row says, as far as reasons go. */
export const FAILURE_MESSAGE = sql`left(coalesce(${ERROR}->>'message', 'unknown'), 300)`;

/** An SQL expression for its code. */
export const FAILURE_CODE = sql`${ERROR}->>'code'`;

/** An SQL condition on failed rows: they failed for this reason. */
export const failedSo = ({ code, message }: { code: string | null; message: string }): Sql =>
  sql`${FAILURE_CODE} is not distinct from ${code}::text and ${reasonOf(FAILURE_MESSAGE)} = ${reasonOf(sql`${message}::text`)}`;

/** Values in quotes of other kinds, which may stand inside a JSON text: `\"…\"`, '…' and `…`. */
const OTHER_QUOTES = String.raw`\\"[^"\\]*\\"|(?<![[:alnum:]])'[^'"]*'(?![[:alnum:]])|${'`[^`]*`'}`;
/** A text of several words in JSON: what an answer says, not what it was asked with. */
const SENTENCE = String.raw`([{\[,:]\s?)"([^"]*\s[^"]*)"`;
const VALUES = '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"[^"]*("|$)';
/** Long messages are cut, and where depends on how long their values are. */
const COMPARED = 160;

/**
 * Numbers, ids and quoted values of a message don't make a reason of its own; sentences in a JSON answer do.
 * @param message an SQL expression
 */
export const reasonOf = (message: Sql): Sql =>
  sql`left(regexp_replace(regexp_replace(regexp_replace(${message}, ${sql.literal(OTHER_QUOTES)}, '#', 'g'), ${sql.literal(SENTENCE)}, '\\1\\2', 'g'),
    ${sql.literal(VALUES)}, '#', 'g'), ${sql.literal(COMPARED)})`;
