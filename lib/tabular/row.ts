/** A row as it is read or written: cells by column, in column order. What a format has no types for is text. */
export type Values = Record<string, unknown>;

/** A row, or why it could not be read. Rows count from 1, without the header. */
export type ReadRow = { row: number; values: Values } | { row: number; issue: string };

export const TABULAR_FORMATS = ['csv', 'tsv', 'json', 'jsonl', 'xlsx', 'parquet'] as const;
export type TabularFormat = (typeof TABULAR_FORMATS)[number];

export interface ReadOptions {
  /** of CSV; a comma when absent, a tab for TSV */
  delimiter?: string;
  /** the mark around cells of CSV; empty: quotes are ordinary characters */
  quote?: string;
  /** whether the first row of CSV or XLSX names the columns; true when absent */
  header?: boolean;
  /** of text formats, a label that TextDecoder knows; utf-8 when absent. A byte order mark is left out */
  encoding?: string;
  /** of XLSX, by name; the first one when absent */
  sheet?: string;
  /** characters that one row may hold; a longer one is an issue, not a row */
  maxRowCharacters?: number;
  maxColumns?: number;
  /** bytes of XLSX or Parquet, which are kept on disk while they are read */
  maxFileBytes?: number;
  /** called once, when the columns are known; never for JSON and JSONL */
  onColumns?: (columns: string[]) => void;
  signal?: AbortSignal;
}

export const READ_LIMITS = {
  maxRowCharacters: 1024 ** 2,
  maxColumns: 1000,
  maxFileBytes: 1024 ** 3,
};

/** The whole source can't be read as what it is said to be; `code` groups, such as `corrupt-file`. */
export class TabularError extends Error {
  override name = 'TabularError';

  constructor(
    readonly code: 'corrupt-file' | 'too-large' | 'unsupported' | 'too-many-rows' | 'too-many-columns' | 'no-columns',
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

/** Names for columns without a header. */
export const numberedColumns = (count: number, maxColumns: number): string[] =>
  columnNames(
    Array.from({ length: count }, () => ''),
    maxColumns,
  );
