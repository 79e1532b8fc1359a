import { METADATA_SHOWN } from '@/lib/contracts/job';
import { type Sql, sql } from '@/lib/db/sql';

const MARK = '…';
const MARK_BYTES = Buffer.byteLength(MARK);

/**
 * Returns an SQL expression for the first bytes of a JSON column's text, so that lists do not read whole values. It
 * reads one byte more than the preview, which shows whether the text is longer. A cast to text would cost twice as
 * much.
 */
export const beginning = (column: Sql, bytes: number): Sql =>
  sql`substring(json_send(${column}) from 1 for ${sql.literal(bytes + 1)})`;

/**
 * Returns a text of at most `bytes` bytes of UTF-8. It is cut between characters, and ends with a mark if it was cut.
 */
export const clip = (text: string, bytes: number): string => cut(Buffer.from(text), bytes);

/** Returns the beginning of a value as JSON text; `null` for no value. */
export const preview = (text: Buffer | null, bytes: number): string => (text === null ? 'null' : cut(text, bytes));

function cut(text: Buffer, bytes: number): string {
  if (text.length <= bytes) return text.toString();
  let end = bytes - MARK_BYTES;
  // A byte that begins with the bits 10 continues the character before it.
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return text.toString('utf8', 0, end) + MARK;
}

/** The column `metadata_text` of a list. */
export const metadataText = (column: Sql): Sql => sql`${beginning(column, METADATA_SHOWN)} as metadata_text`;
