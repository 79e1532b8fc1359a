import { METADATA_SHOWN } from '@/lib/contracts/job';
import { parseJson } from '@/lib/contracts/json';

const MARK = '…';
/** Enough to recognise it. */
const METADATA_PREVIEW = 128;
const MARK_BYTES = Buffer.byteLength(MARK);

/**
 * An SQL expression for the beginning of a JSON column as text: enough for a preview of so many bytes, so that a whole
 * value never leaves the database for a list. One character more tells that there is more.
 */
export const beginning = (column: string, bytes: number): string => `left(${column}::text, ${bytes + 1})`;

/** A text of at most so many bytes of UTF-8, cut between characters, with a mark where it goes on. */
export function clip(text: string, bytes: number): string {
  const all = Buffer.from(text);
  if (all.length <= bytes) return text;
  let end = bytes - MARK_BYTES;
  // Bytes that begin with 10 belong to the character before.
  while (end > 0 && ((all[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return all.toString('utf8', 0, end) + MARK;
}

/** The beginning of a value as JSON text. Nothing is `null`. */
export const preview = (text: string | null, bytes: number): string => clip(text ?? 'null', bytes);

/** The column `metadata_text` of a list. */
export const metadataText = (column: string): string => `${beginning(column, METADATA_SHOWN)} as metadata_text`;

/** What a list says of metadata: all of it, or how it begins. */
export function cutMetadata(text: string | null): { metadata: unknown; metadataPreview?: string } {
  if (text === null) return { metadata: null };
  if (Buffer.byteLength(text) <= METADATA_SHOWN) return { metadata: parseJson(text) };
  return { metadata: null, metadataPreview: preview(text, METADATA_PREVIEW) };
}
