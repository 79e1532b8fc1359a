import { badCellOf, shownCell } from '@/lib/tabular/bad-cell';

/** The cells of a row by column: text from CSV, any JSON value from JSON. */
export type Cells = Record<string, unknown>;

/**
 * A row as it was read, counted from 1. `broken` is the reason why its cells cannot be used; `found` has the cells that
 * could be read, including those beyond the header.
 */
export type SourceRow = { row: number; cells: Cells } | { row: number; broken: string; found?: Cells };

/** Cells as the sheet shows them: a cell without a value has the name of its Excel error, or is empty. */
export function shownCells<T extends Cells | null>(cells: T): T | Cells {
  if (!cells || !Object.values(cells).some(badCellOf)) return cells;
  const shown: Cells = Object.create(null);
  for (const [column, cell] of Object.entries(cells)) shown[column] = shownCell(cell);
  return shown;
}
