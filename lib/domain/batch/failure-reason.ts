import { legible } from '@/lib/domain/legible';

/** An SQL expression for what a failed row says, as far as reasons go. */
export const FAILURE_MESSAGE = `left(coalesce(${legible('error')}->>'message', 'unknown'), 300)`;

/** An SQL expression for its code. */
export const FAILURE_CODE = `${legible('error')}->>'code'`;

/** An SQL condition on failed rows: they failed for this reason. @param code and @param message SQL expressions */
export const failedSo = (code: string, message: string): string =>
  `${FAILURE_CODE} is not distinct from ${code}::text and ${reasonOf(FAILURE_MESSAGE)} = ${reasonOf(`${message}::text`)}`;

/** Values in quotes of other kinds, which may stand inside a JSON text: `\"…\"`, '…' and `…`. */
const OTHER_QUOTES = String.raw`\\"[^"\\]*\\"|(?<![[:alnum:]])''[^''"]*''(?![[:alnum:]])|` + '`[^`]*`';
/** A text of several words in JSON: what an answer says, not what it was asked with. */
const SENTENCE = String.raw`([{\[,:]\s?)"([^"]*\s[^"]*)"`;
const VALUES = '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+|"[^"]*("|$)';
/** Long messages are cut, and where depends on how long their values are. */
const COMPARED = 160;

/**
 * Numbers, ids and quoted values of a message don't make a reason of its own; sentences in a JSON answer do.
 * @param message an SQL expression
 */
export const reasonOf = (message: string): string =>
  `left(regexp_replace(regexp_replace(regexp_replace(${message}, '${OTHER_QUOTES}', '#', 'g'), '${SENTENCE}', '\\1\\2', 'g'),
    '${VALUES}', '#', 'g'), ${COMPARED})`;
