import type { TabularFormat, Values } from './row';
import { writeCsv } from './write-csv';
import { writeJson, writeJsonl } from './write-json';
import { writeParquet } from './write-parquet';
import { writeXlsx } from './write-xlsx';

export const COLUMN_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'json'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  name: string;
  /** how Parquet and XLSX keep it; text when absent */
  type?: ColumnType;
}

export interface WriteOptions {
  /** in their order; JSON and JSONL write what each row has and don't need them */
  columns?: readonly Column[];
  /** of CSV */
  delimiter?: string;
  /** of CSV: begin with a byte order mark, which some spreadsheets need to see UTF-8 */
  bom?: boolean;
  /** of CSV: put an apostrophe before a cell that a spreadsheet would run as a formula */
  guardFormulas?: boolean;
  /** of XLSX */
  sheet?: string;
  /** told what a format can't hold and what was done about it; rows count from 1 */
  onIssue?: (row: number, issue: string) => void;
}

/**
 * A table as bytes, as its rows come: memory holds a few rows, of Parquet a group of some thousand.
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
