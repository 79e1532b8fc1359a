import type { BadCell } from './bad-cell';

/** A row: cells by column, in column order. Values without a type in the format are text. */
export type Values = Record<string, unknown>;

/**
 * A row, or the reason why it cannot be read, with its cells if they are known. Rows count from 1, below the header.
 */
export type ReadRow = { row: number; values: Values } | { row: number; issue: string; cells?: Values };

/** Content of a file outside of its rows: titles above the header, blank rows, notes under the table. */
export interface LeftOut {
  why: 'above' | 'blank' | 'below';
  /** row number in the file, from 1 */
  at: number;
  text: string;
}

/** The sheet that is read, and all sheets of the workbook. */
export interface ChosenSheet {
  name: string;
  /** all readable sheets, including hidden ones */
  sheets: string[];
  /** remarks, as sentences */
  remarks: string[];
}

export const TABULAR_FORMATS = ['csv', 'tsv', 'json', 'jsonl', 'xlsx', 'parquet'] as const;
export type TabularFormat = (typeof TABULAR_FORMATS)[number];

export interface ReadOptions {
  /** CSV only; default: a comma, or a tab for TSV */
  delimiter?: string;
  /** CSV only: whether a first line such as `sep=;` sets the delimiter and is not a row; default: true */
  separatorLine?: boolean;
  /** CSV only: the quote character; empty: quotes are ordinary characters */
  quote?: string;
  /** CSV and XLSX: whether there is a header row; default: true */
  header?: boolean;
  /** the number of the header row in the file, from 1; default: the first row that is not blank */
  headerRow?: number | undefined;
  /** detect the header among the first rows if `headerRow` is absent */
  findHeader?: boolean;
  /** keep blank rows and notes under the table as rows */
  everyRow?: boolean;
  /** CSV only: missing cells at the end of a row are empty, as always in XLSX */
  padRows?: boolean;
  /** allow rows with more cells than the header; the further columns are named by position, `column_4` */
  extend?: boolean;
  /** text formats only: a label of TextDecoder; default: utf-8. A byte order mark is dropped */
  encoding?: string;
  /** XLSX only: the sheet's name; default: the first visible sheet with cells */
  sheet?: string | undefined;
  /** maximum characters of a row; a longer one is an issue */
  maxRowCharacters?: number;
  maxColumns?: number;
  /** maximum bytes of an XLSX or Parquet file, which is spooled to disk */
  maxFileBytes?: number;
  /** called once with the columns; never for JSON and JSONL */
  onColumns?: (columns: string[]) => void;
  /** called with the number of the header row in the file */
  onHeader?: (at: number) => void;
  /** with `extend`: called with columns that are not in the header */
  onExtended?: (columns: string[]) => void;
  onLeftOut?: (left: LeftOut) => void;
  /** XLSX only: called for a cell without a value, which becomes null; if absent, such a row is an issue */
  onBadCell?: (row: number, column: string, cell: BadCell) => void;
  /** XLSX only: called with the sheet that is read, all sheets, and remarks about the choice */
  onSheet?: (sheet: ChosenSheet) => void;
  /** called once for each column whose stored values are converted */
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

/** Makes column names non-empty and unique: `['a', '', 'a']` → `['a', 'column_2', 'a_2']`. */
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
