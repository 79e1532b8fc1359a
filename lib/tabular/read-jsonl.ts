import { isBlankJson, isFields, isObject, parseJson } from '@/lib/contracts/json';
import { decodeChunks, misdecoded } from './decode';
import { READ_LIMITS, type ReadOptions, type ReadRow } from './row';

/** The maximum nesting depth: deeper values could overflow the stack of recursive code. */
const MAX_DEPTH = 100;

/** Parses a JSON text as a row: an object's fields, or the field `value` for another value. */
export function jsonRow(row: number, text: string): ReadRow {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    // V8's own message quotes the text, which may be long or private.
    return { row, issue: 'is not valid JSON' };
  }
  if (deeper(value, MAX_DEPTH)) return { row, issue: `is nested deeper than ${MAX_DEPTH} levels` };
  return { row, values: isFields(value) ? value : { value } };
}

function deeper(value: unknown, levels: number): boolean {
  if (!isObject(value)) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => deeper(inner, levels - 1));
}

/** Reads JSON Lines: one JSON value per line. Blank lines are skipped. */
export async function* readJsonl(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const limit = options.maxRowCharacters ?? READ_LIMITS.maxRowCharacters;
  const decoded = decodeChunks(source, options.encoding);
  let row = 0;
  for await (const line of lines(decoded.text, limit)) {
    options.signal?.throwIfAborted();
    if (line !== undefined && isBlankJson(line)) continue;
    row += 1;
    const issue =
      line === undefined ? `is longer than ${limit.toLocaleString('en')} characters` : misdecoded(line, decoded);
    yield issue === undefined ? jsonRow(row, line ?? '') : { row, issue };
  }
}

/** Splits text into lines. An overlong line is undefined, and its text is discarded. */
async function* lines(chunks: AsyncIterable<string>, limit: number): AsyncGenerator<string | undefined> {
  let open = '';
  let overlong = false;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      const line = open + chunk.slice(start, end);
      yield overlong || line.length > limit ? undefined : line;
      open = '';
      overlong = false;
      start = end + 1;
    }
    open += chunk.slice(start);
    if (open.length > limit) {
      overlong = true;
      open = '';
    }
  }
  if (overlong) yield undefined;
  else if (open !== '') yield open.length > limit ? undefined : open;
}
