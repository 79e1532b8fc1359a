import { readCsv } from './read-csv';
import { readJson } from './read-json';
import { readJsonl } from './read-jsonl';
import { readParquet } from './read-parquet';
import { readXlsx } from './read-xlsx';
import type { ReadOptions, ReadRow, TabularFormat } from './row';

/**
 * Streams the rows of a table: one row is in memory, not the table. A row that cannot be read is an issue with its
 * number, and reading continues.
 * @throws TabularError when the source as a whole cannot be read as `format`; the reason of `options.signal`
 */
export function readRows(
  source: AsyncIterable<Uint8Array>,
  format: TabularFormat,
  options: ReadOptions = {},
): AsyncGenerator<ReadRow> {
  switch (format) {
    case 'csv':
      return readCsv(source, options);
    case 'tsv':
      return readCsv(source, { delimiter: '\t', ...options });
    case 'jsonl':
      return readJsonl(source, options);
    case 'json':
      return readJson(source, options);
    case 'xlsx':
      return readXlsx(source, options);
    case 'parquet':
      return readParquet(source, options);
  }
}
