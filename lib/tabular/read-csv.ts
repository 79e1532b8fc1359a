import { csvRecords } from './csv-records';
import { decodeChunks, misdecoded } from './decode';
import { namedRows } from './named-rows';
import type { RawRow } from './raw';
import { READ_LIMITS, type ReadOptions, type ReadRow } from './row';

/**
 * Rows of CSV or TSV; every cell is text. A row with another number of cells than the header is an issue. A first line
 * such as `sep=;` is obeyed where no delimiter is told, and is no row.
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

/** Excel's own way to say the delimiter. */
export const SEPARATOR_LINE = /^\ufeff?"?sep=([^"\r\n])"?(?:\r\n|\r|\n|$)/i;
/** What may still become one. */
const BEGINS = /^\ufeff?"?(?:s(?:e(?:p(?:=[^\r\n]{0,3}\r?)?)?)?)?$/i;

/** What a first line `sep=;` says, and the text after it. */
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
