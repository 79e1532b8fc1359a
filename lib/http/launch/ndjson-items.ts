import { isUtf8 } from 'node:buffer';
import { EventLoop } from '@/lib/config/event-loop';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { DomainError } from '@/lib/domain/errors';
import { parseLongJson } from '@/lib/http/json';
import { DATA_VALUES, LINE_BYTES } from '@/lib/http/limits';

/** A line of text, or the reason why it cannot be read. */
type Line = { text: string } | { broken: string };

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Splits bytes into lines and omits empty ones. It keeps at most one line in memory. A line longer than `limit` bytes
 * is skipped and reported.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let first = true;
  const take = (): Line => {
    const whole = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    const tooLong = size > limit;
    parts = [];
    size = 0;
    if (tooLong) return { broken: `is longer than ${Math.round(limit / 1024)} KiB` };
    const bytes = first && whole.subarray(0, BOM.length).equals(BOM) ? whole.subarray(BOM.length) : whole;
    first = false;
    return isUtf8(bytes) ? { text: bytes.toString('utf8') } : { broken: 'is not valid UTF-8' };
  };
  const keep = (piece: Buffer) => {
    size += piece.length;
    // The rest of a line that is too long is counted but not stored.
    if (size <= limit) parts.push(piece);
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      // Skips blank lines here, where it is cheap, because there may be millions.
      if (size > 0 || (end > start && (end > start + 1 || bytes[start] !== RETURN))) {
        keep(bytes.subarray(start, end));
        yield take();
      } else first = false;
      start = end + 1;
    }
    if (start < bytes.length) keep(bytes.subarray(start));
  }
  if (size > 0) yield take();
}

/** Reads the items of a body with one JSON value per line. Blank lines are not items. Rows count items from 1. */
export async function* ndjsonItems(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LaunchItem> {
  let row = 0;
  const eventLoop = new EventLoop();
  for await (const line of splitLines(chunks, LINE_BYTES)) {
    if (eventLoop.due) await eventLoop.yield();
    if ('text' in line && !/\S/.test(line.text)) continue;
    row += 1;
    yield 'text' in line ? await parseLine(row, line.text) : { row, issue: { path: '', message: line.broken } };
  }
}

async function parseLine(row: number, text: string): Promise<LaunchItem> {
  try {
    return { row, data: await parseLongJson(text, 'The line', DATA_VALUES) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { row, issue: { path: '', message: error.message } };
  }
}
