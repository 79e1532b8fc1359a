import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { columnOf, saysSame, WHOLE } from '@/lib/domain/batch/results/cells';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import { unguardCell } from '@/lib/tabular/formula-guard';

type Fields = Record<string, unknown>;

/**
 * The input that a row of a corrected errors file means. A cell that still says what was written keeps the very value
 * that it had, whatever a spreadsheet can't express; a changed cell is read as a launch would read it; an emptied one
 * takes its field away.
 * @param cells by column; columns that are not in the file keep what they had
 */
export function mergeCells(type: string, original: unknown, cells: Record<string, string>): unknown {
  const whole = cells[WHOLE];
  if (!isFields(original)) {
    return whole === undefined || saysSame(whole, stringifyJson(original)) ? original : jsonOr(unguardCell(whole));
  }
  const fieldOf = new Map(Object.keys(original).map((field) => [columnOf(field), field]));
  const next: Fields = { ...original };
  const changed: Record<string, string> = {};
  const all: Record<string, string> = {};
  for (const [column, cell] of Object.entries(cells)) {
    const field = fieldOf.get(column) ?? column.replace(/^input\./, '');
    if (cell !== '') all[field] = unguardCell(cell);
    if (saysSame(cell, original[field])) continue;
    delete next[field];
    if (cell !== '') changed[field] = unguardCell(cell);
  }
  if (Object.keys(changed).length === 0) return next;
  // Read whole, since some types make one field of several cells; only what was changed is taken over.
  const item = itemFromCsv(type)(all);
  if (!isFields(item)) return item;
  for (const [field, value] of Object.entries(item)) if (field in changed || !(field in all)) next[field] = value;
  return next;
}

function jsonOr(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // No JSON: the text itself, and the schema judges it.
    return text;
  }
}
