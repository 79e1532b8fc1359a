/** A row as it is in the file: `at` counts the file's rows from 1, blank ones too. */
export type RawRow = { at: number; cells: unknown[] } | { at: number; bad: string };

export const isEmpty = (cell: unknown): boolean => cell === null || cell === undefined || cell === '';

/** Nothing, or nothing but blanks. */
export const isBlank = (cell: unknown): boolean => isEmpty(cell) || (typeof cell === 'string' && cell.trim() === '');

/** How many cells a row has, without the empty ones at its end. */
export const spanOf = (cells: readonly unknown[]): number => cells.findLastIndex((cell) => !isBlank(cell)) + 1;

export const filledOf = (cells: readonly unknown[]): number =>
  cells.reduce<number>((count, cell) => (isBlank(cell) ? count : count + 1), 0);
