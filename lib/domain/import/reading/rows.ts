/** The cells of a row by column: text from CSV, any JSON value from JSON. */
export type Cells = Record<string, unknown>;

/** A row as it was read, counted from 1; `broken` says why its cells can't be used. */
export type SourceRow = { row: number; cells: Cells } | { row: number; broken: string };
