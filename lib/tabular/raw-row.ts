/** A raw row. `at` is its number in the file, from 1, including blank rows. */
export type RawRow = { at: number; cells: unknown[] } | { at: number; bad: string };

export const isEmpty = (cell: unknown): boolean => cell === null || cell === undefined || cell === '';

/** Whether a cell is empty or has only blanks. */
export const isBlank = (cell: unknown): boolean => isEmpty(cell) || (typeof cell === 'string' && cell.trim() === '');

/** Returns the number of cells, without empty ones at the end of the row. */
export const spanOf = (cells: readonly unknown[]): number => cells.findLastIndex((cell) => !isBlank(cell)) + 1;

export const filledOf = (cells: readonly unknown[]): number =>
  cells.reduce<number>((count, cell) => (isBlank(cell) ? count : count + 1), 0);
