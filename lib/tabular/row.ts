import type { BadCell } from './bad-cell';

/** A row as it is read or written: cells by column, in column order. What a format has no types for is text. */
export type Values = Record<string, unknown>;

/** A row, or why it could not be read, with its cells where they could be. Rows count from 1, below the header. */
export type ReadRow = { row: number; values: Values } | { row: number; issue: string; cells?: Values };

/** Content of a file that is no row: titles above the header, blank rows, notes under the table. */
export interface LeftOut {
  why: 'above' | 'blank' | 'below';
  /** the file's row, from 1 */
  at: number;
  text: string;
}

/** The sheet of a workbook that is read, and the sheets there are. */
export interface ChosenSheet {
  name: string;
  /** all that can be read, hidden ones too */
  sheets: string[];
  /** in sentences */
  remarks: string[];
}

export const TABULAR_FORMATS = ['csv', 'tsv', 'json', 'jsonl', 'xlsx', 'parquet'] as const;
export type TabularFormat = (typeof TABULAR_FORMATS)[number];

export interface ReadOptions {
  /** of CSV; a comma when absent, a tab for TSV */
  delimiter?: string;
  /** of CSV: whether a first line such as `sep=;` sets the delimiter and is no row; true when absent */
  separatorLine?: boolean;
  /** the mark around cells of CSV; empty: quotes are ordinary characters */
  quote?: string;
  /** whether a row of CSV or XLSX names the columns; true when absent */
  header?: boolean;
  /** which one does: the file's rows count from 1. The first one that is not blank when absent */
  headerRow?: number | undefined;
  /** find it among the first rows if `headerRow` is absent */
  findHeader?: boolean;
  /** blank rows and notes under the table are rows too */
  everyRow?: boolean;
  /** of CSV: cells that are missing at the end of a row are empty, as they always are in XLSX */
  padRows?: boolean;
  /** rows may have more cells than the header: their columns are called by their place, `column_4` */
  extend?: boolean;
  /** of text formats, a label that TextDecoder knows; utf-8 when absent. A byte order mark is left out */
  encoding?: string;
  /** of XLSX, by name; the first visible one with cells when absent */
  sheet?: string | undefined;
  /** characters that one row may hold; a longer one is an issue, not a row */
  maxRowCharacters?: number;
  maxColumns?: number;
  /** bytes of XLSX or Parquet, which are kept on disk while they are read */
  maxFileBytes?: number;
  /** called once, when the columns are known; never for JSON and JSONL */
  onColumns?: (columns: string[]) => void;
  /** called with the file's row that names the columns */
  onHeader?: (at: number) => void;
  /** called with columns that the header does not have, with `extend` */
  onExtended?: (columns: string[]) => void;
  onLeftOut?: (left: LeftOut) => void;
  /** called for a cell of XLSX without a value, which is then null; without it, such a row is an issue */
  onBadCell?: (row: number, column: string, cell: BadCell) => void;
  /** of XLSX: called with the sheet that is read, all sheets, and remarks about the choice */
  onSheet?: (sheet: ChosenSheet) => void;
  /** called once for each column that is converted from its stored form */
  onRemark?: (remark: string) => void;
  signal?: AbortSignal;
}

export const READ_LIMITS = {
  maxRowCharacters: 1024 ** 2,
  maxColumns: 1000,
  maxFileBytes: 1024 ** 3,
};

/** The whole source cannot be read in the given format. */
export class TabularError extends Error {
  override name = 'TabularError';

  constructor(
    readonly code:
      | 'corrupt-file'
      | 'too-large'
      | 'unsupported'
      | 'too-many-rows'
      | 'too-many-columns'
      | 'no-columns'
      | 'no-header'
      | 'no-rows',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const MAX_NAME = 500;

/** Names for the columns of a header: each one given, and each once. `['a', '', 'a']` → `['a', 'column_2', 'a_2']`. */
export function columnNames(cells: readonly string[], maxColumns: number): string[] {
  if (cells.length > maxColumns) throw new TabularError('too-many-columns', tooManyColumns(cells.length, maxColumns));
  const taken = new Set<string>();
  return cells.map((cell, i) => {
    const wanted = cell.trim().slice(0, MAX_NAME) || `column_${i + 1}`;
    let name = wanted;
    for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`;
    taken.add(name);
    return name;
  });
}

const tooManyColumns = (count: number, max: number) => `It has ${count} columns; at most ${max} are read.`;
