import { TabularError } from './row';

export const COLUMN_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'json'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  name: string;
  /** how Parquet and XLSX keep it; text when absent */
  type?: ColumnType;
}

export interface WriteOptions {
  /** in their order; JSON and JSONL write what each row has and do not need them */
  columns?: readonly Column[];
  /** of CSV */
  delimiter?: string;
  /** of CSV: begin with a byte order mark, without which some spreadsheets do not recognize UTF-8 */
  bom?: boolean;
  /** of CSV: put an apostrophe before a cell that a spreadsheet would run as a formula */
  guardFormulas?: boolean;
  /** of XLSX */
  sheet?: string;
  /** called with what a format cannot hold and what was done about it; rows count from 1 */
  onIssue?: (row: number, issue: string) => void;
}

/** The columns of a format that needs them. @throws TabularError `no-columns` */
export function requireColumns({ columns }: WriteOptions): readonly Column[] {
  if (!columns?.length)
    throw new TabularError(
      'no-columns',
      'There is no row, so there is no column either: CSV, XLSX and Parquet need at least one.',
    );
  return columns;
}
