import { isBlankJson } from '@/lib/contracts/json';
import { decodeChunks, misdecoded } from './decode';
import { jsonRow } from './json-row';
import { READ_LIMITS, type ReadOptions, type ReadRow } from './row';

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
