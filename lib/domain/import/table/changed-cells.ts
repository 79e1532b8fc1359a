import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { saysSame } from '@/lib/domain/batch/results/cells';
import type { Cells } from '@/lib/domain/import/reading/source-row';
import { unguardCell } from '@/lib/tabular/cell-guards';

type Fields = Record<string, unknown>;

/** Cells of a row of an uploaded file: JSON values where `typed`, else text. */
export interface UploadedCells {
  cells: Cells;
  typed: boolean;
}

/**
 * Returns the cells that a corrected row changes. A cell is unchanged if it equals the exported text, or the text after
 * a spreadsheet reformatted it. Columns that are only in the file or only in the table are ignored.
 * @param names maps the file's header to the table's columns
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

/** Parses text as JSON if the earlier value was not text. */
function textOf(cell: string, before: unknown): unknown {
  const text = unguardCell(cell);
  if (typeof before === 'string' || before === undefined || before === null || text === '') return text;
  try {
    return parseJson(text);
  } catch {
    // It is not JSON, so the text itself is returned and the schema validates it.
    return text;
  }
}

const isSame = (a: unknown, b: unknown): boolean => stringifyJson(a) === stringifyJson(b);

/**
 * Applies a correction to an input. Only fields that the mapping fills differently for the corrected row change, so
 * other edits of the input are kept.
 * @param before the mapped item of the row before the correction, and `after` of the corrected row
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
