import { SEPARATOR_LINE } from '@/lib/contracts/csv/dialect';
import { csvRecords } from '@/lib/contracts/csv/records';
import { decodeChunks, misdecoded } from './decode';
import { namedRows } from './named-rows';
import type { RawRow } from './raw-row';
import { READ_LIMITS, type ReadOptions, type ReadRow } from './row';

/**
 * Reads CSV or TSV; every cell is text. A row whose number of cells differs from the header's is an issue. A first line
 * such as `sep=;` sets the delimiter unless the options do, and is not a row.
 */
export async function* readCsv(source: AsyncIterable<Uint8Array>, options: ReadOptions): AsyncGenerator<ReadRow> {
  const decoded = decodeChunks(source, options.encoding);
  const check = (cells: readonly unknown[]) =>
    decoded.broken() ? misdecoded(cells.join(''), decoded, options.encoding) : undefined;
  yield* namedRows(csvRows(decoded.text, options), options, { pad: options.padRows ?? false, empty: '', check });
}

async function* csvRows(text: AsyncGenerator<string>, options: ReadOptions): AsyncGenerator<RawRow> {
  const { separator, rest } =
    options.separatorLine === false ? { separator: undefined, rest: text } : await separatorLine(text);
  const records = csvRecords(rest, {
    delimiter: options.delimiter ?? separator ?? ',',
    quote: options.quote ?? '"',
    maxRecord: options.maxRowCharacters ?? READ_LIMITS.maxRowCharacters,
  });
  const before = separator === undefined ? 0 : 1;
  for await (const record of records) yield before === 0 ? record : { ...record, at: record.at + before };
}

/** The start of a text that may still become a separator line. */
const BEGINS = /^\ufeff?"?(?:s(?:e(?:p(?:=[^\r\n]{0,3}\r?)?)?)?)?$/i;

/** Returns the delimiter from a first line `sep=;`, and the text after it. */
async function separatorLine(
  text: AsyncGenerator<string>,
): Promise<{ separator: string | undefined; rest: AsyncGenerator<string> }> {
  let head = '';
  while (BEGINS.test(head)) {
    const { done, value } = await text.next();
    if (done) break;
    head += value;
  }
  const [line, separator] = SEPARATOR_LINE.exec(head) ?? [''];
  async function* rest(): AsyncGenerator<string> {
    if (head.length > line.length) yield head.slice(line.length);
    yield* text;
  }
  return { separator, rest: rest() };
}
