import type { TabularFormat, Values } from './row';
import type { WriteOptions } from './write-options';
import { writeParquet } from './write-parquet';
import { writeCsv, writeJson, writeJsonl } from './write-text';
import { writeXlsx } from './write-xlsx';

/**
 * Streams a table as bytes. A few rows are in memory; for Parquet a row group of several thousand.
 * @throws TabularError `no-columns` for CSV, XLSX and Parquet without columns; `too-many-rows` beyond what XLSX allows
 */
export function writeRows(
  rows: AsyncIterable<Values>,
  format: TabularFormat,
  options: WriteOptions = {},
): AsyncGenerator<Uint8Array> {
  switch (format) {
    case 'csv':
      return writeCsv(rows, options);
    case 'tsv':
      return writeCsv(rows, { ...options, delimiter: '\t' });
    case 'json':
      return writeJson(rows);
    case 'jsonl':
      return writeJsonl(rows);
    case 'xlsx':
      return writeXlsx(rows, options);
    case 'parquet':
      return writeParquet(rows, options);
  }
}
