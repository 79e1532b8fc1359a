import { badCellOf, shownCell } from '@/lib/tabular/bad-cell';

/** The cells of a row by column: text from CSV, any JSON value from JSON. */
export type Cells = Record<string, unknown>;

/**
 * A row as it was read, counted from 1; `broken` says why its cells can't be used. `found` has them where they could be
 * read, those that have no column of the header too.
 */
export type SourceRow = { row: number; cells: Cells } | { row: number; broken: string; found?: Cells };

/** Cells as the sheet shows them: those without a value have the name of their error, or nothing. */
export function shownCells<T extends Cells | null>(cells: T): T | Cells {
  if (!cells || !Object.values(cells).some(badCellOf)) return cells;
  const shown: Cells = Object.create(null);
  for (const [column, cell] of Object.entries(cells)) shown[column] = shownCell(cell);
  return shown;
}
