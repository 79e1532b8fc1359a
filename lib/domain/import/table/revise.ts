import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { saysSame } from '@/lib/domain/batch/results/cells';
import type { Cells } from '@/lib/domain/import/reading/rows';
import { unguardCell } from '@/lib/tabular/guard';

type Fields = Record<string, unknown>;

/** Cells of a row as a file gives them back: `typed` where it is JSON, else text. */
export interface Given {
  cells: Cells;
  typed: boolean;
}

/**
 * The cells that a corrected row really changes. One that still says what was written is no change, whatever a
 * spreadsheet made of it; a column that is not in the file, or not in the table, is left alone.
 * @param names from the file's header to the table's columns
 */
export function changedCells(
  written: Readonly<Cells>,
  { cells, typed }: Given,
  names: ReadonlyMap<string, string>,
): Cells {
  const changed: Cells = {};
  for (const [name, cell] of Object.entries(cells)) {
    const column = names.get(name);
    if (column === undefined) continue;
    const before = written[column];
    const value = typed || typeof cell !== 'string' ? cell : textOf(cell, before);
    if (typed ? isSame(cell, before) : typeof cell === 'string' && saysSame(cell, before)) continue;
    Object.defineProperty(changed, column, { value, enumerable: true });
  }
  return changed;
}

/** Beside a value that is no text, text that is JSON is meant as such. */
function textOf(cell: string, before: unknown): unknown {
  const text = unguardCell(cell);
  if (typeof before === 'string' || before === undefined || before === null || text === '') return text;
  try {
    return parseJson(text);
  } catch {
    // No JSON: the text itself, and the schema judges it.
    return text;
  }
}

const isSame = (a: unknown, b: unknown): boolean => stringifyJson(a) === stringifyJson(b);

/**
 * An input with what a correction means for it: only what the mapping makes otherwise of the corrected row is taken
 * over, so that what was changed in another way stays.
 * @param before what the mapping makes of the row as it was, and `after` of the row as it is
 */
export function applyChange(input: unknown, before: unknown, after: unknown): unknown {
  if (!isFields(before) || !isFields(after)) return isSame(before, after) ? input : after;
  if (!isFields(input)) return after;
  const next: Fields = { ...input };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isSame(before[key], after[key])) continue;
    const value = applyChange(next[key], before[key], after[key]);
    if (value === undefined) delete next[key];
    else Object.defineProperty(next, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return next;
}
