import { TabularError } from './row';

export const COLUMN_TYPES = ['string', 'integer', 'number', 'boolean', 'date', 'json'] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

export interface Column {
  name: string;
  /** the stored type in Parquet and XLSX; default: text */
  type?: ColumnType;
}

export interface WriteOptions {
  /** the columns in order; JSON and JSONL write the fields of each row and do not need them */
  columns?: readonly Column[];
  /** CSV only */
  delimiter?: string;
  /** CSV only: start with a byte order mark, because some spreadsheets need it to detect UTF-8 */
  bom?: boolean;
  /** CSV only: escape cells that a spreadsheet would run as a formula with an apostrophe */
  guardFormulas?: boolean;
  /** XLSX only */
  sheet?: string;
  /** called for a value that the format cannot represent, with its replacement; rows count from 1 */
  onIssue?: (row: number, issue: string) => void;
}

/** Returns the columns of a format that requires them. @throws TabularError `no-columns` */
export function requireColumns({ columns }: WriteOptions): readonly Column[] {
  if (!columns?.length)
    throw new TabularError(
      'no-columns',
      'There is no row, so there is no column either: CSV, XLSX and Parquet need at least one.',
    );
  return columns;
}
