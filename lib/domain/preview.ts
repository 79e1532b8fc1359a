import { METADATA_SHOWN } from '@/lib/contracts/job';
import { parseJson } from '@/lib/contracts/json';
import { type Sql, sql } from '@/lib/db/sql';

const MARK = '…';
/** Enough to recognize it. */
const METADATA_PREVIEW = 128;
const MARK_BYTES = Buffer.byteLength(MARK);

/**
 * An SQL expression for the first bytes of a JSON column's text: enough for a preview of so many, so that a whole value
 * never leaves the database for a list. One byte more tells that there is more. A cast to text would cost twice as much.
 */
export const beginning = (column: Sql, bytes: number): Sql =>
  sql`substring(json_send(${column}) from 1 for ${sql.literal(bytes + 1)})`;

/** A text of at most so many bytes of UTF-8, cut between characters, with a mark where it goes on. */
export const clip = (text: string, bytes: number): string => cut(Buffer.from(text), bytes);

/** The beginning of a value as JSON text. Nothing is `null`. */
export const preview = (text: Buffer | null, bytes: number): string => (text === null ? 'null' : cut(text, bytes));

function cut(text: Buffer, bytes: number): string {
  if (text.length <= bytes) return text.toString();
  let end = bytes - MARK_BYTES;
  // Bytes that begin with 10 belong to the character before.
  while (end > 0 && ((text[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return text.toString('utf8', 0, end) + MARK;
}

/** The column `metadata_text` of a list. */
export const metadataText = (column: Sql): Sql => sql`${beginning(column, METADATA_SHOWN)} as metadata_text`;

/** What a list says of metadata: all of it, or how it begins. */
export function cutMetadata(text: Buffer | null): { metadata: unknown; metadataPreview?: string } {
  if (text === null) return { metadata: null };
  if (text.length <= METADATA_SHOWN) return { metadata: parseJson(text.toString()) };
  return { metadata: null, metadataPreview: preview(text, METADATA_PREVIEW) };
}
