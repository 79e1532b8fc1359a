import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { saysSame } from '@/lib/domain/batch/results/cells';
import type { Cells } from '@/lib/domain/import/reading/source-row';
import { unguardCell } from '@/lib/tabular/formula-guard';

type Fields = Record<string, unknown>;

/** Cells of a row of an uploaded file: JSON values where `typed`, else text. */
export interface UploadedCells {
  cells: Cells;
  typed: boolean;
}

/**
 * The cells that a corrected row changes. A cell with the exported text is unchanged, also where a spreadsheet has
 * reformatted it. Columns that only the file or only the table has are ignored.
 * @param names from the file's header to the table's columns
 */
export function changedCells(
  written: Readonly<Cells>,
  { cells, typed }: UploadedCells,
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

/** Text that is JSON is read as JSON where the earlier value was no text. */
function textOf(cell: string, before: unknown): unknown {
  const text = unguardCell(cell);
  if (typeof before === 'string' || before === undefined || before === null || text === '') return text;
  try {
    return parseJson(text);
  } catch {
    // No JSON: the text itself, which the schema then checks.
    return text;
  }
}

const isSame = (a: unknown, b: unknown): boolean => stringifyJson(a) === stringifyJson(b);

/**
 * Applies a correction to an input. Only the fields that the mapping fills differently for the corrected row change, so
 * that edits made in another way stay.
 * @param before the item that the mapping makes of the row before the correction, and `after` of the corrected row
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
