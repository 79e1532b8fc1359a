import { cellText } from '@/lib/contracts/cell';
import { stringifyJson } from '@/lib/contracts/json';
import { inBlocks } from './blocks';
import { guardCell } from './cell-guards';
import type { Values } from './row';
import { requireColumns, type WriteOptions } from './write-options';

/** CSV with a header according to RFC 4180: CRLF, and quotes only where needed. */
export const writeCsv = (rows: AsyncIterable<Values>, options: WriteOptions): AsyncGenerator<Uint8Array> =>
  inBlocks(csvLines(rows, options));

async function* csvLines(rows: AsyncIterable<Values>, options: WriteOptions): AsyncGenerator<string> {
  const names = requireColumns(options).map(({ name }) => name);
  const toLine = csvLine(options);
  yield (options.bom ? '\ufeff' : '') + toLine(names);
  for await (const values of rows) yield toLine(names.map((name) => values[name]));
}

/** Formats rows of cells as CSV lines. */
export function csvLine({ delimiter = ',', guardFormulas = false }: WriteOptions): (cells: unknown[]) => string {
  const special = new RegExp(`["\\r\\n${delimiter.replace(/[\\\]^-]/g, '\\$&')}]|^\\ufeff`);
  const toCell = (value: unknown): string => {
    const text = cellText(value);
    const safe = guardFormulas ? guardCell(text) : text;
    return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return (cells) => {
    const line = cells.map(toCell).join(delimiter);
    // A line with one empty cell must be quoted: a blank line is not a row.
    return `${line === '' && cells.length === 1 ? '""' : line}\r\n`;
  };
}

/** One JSON object per line. */
export const writeJsonl = (rows: AsyncIterable<Values>): AsyncGenerator<Uint8Array> => inBlocks(jsonLines(rows));

async function* jsonLines(rows: AsyncIterable<Values>): AsyncGenerator<string> {
  for await (const values of rows) yield `${stringifyJson(values)}\n`;
}

/** A JSON array with one element per line. */
export const writeJson = (rows: AsyncIterable<Values>): AsyncGenerator<Uint8Array> => inBlocks(elements(rows));

async function* elements(rows: AsyncIterable<Values>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const values of rows) {
    yield before + stringifyJson(values);
    before = ',\n';
  }
  yield before === ',\n' ? '\n]\n' : '[]\n';
}
