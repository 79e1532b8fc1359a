import { isFields, parseJson, stringifyJson } from '@/lib/contracts/json';
import { columnOf, saysSame, WHOLE } from '@/lib/domain/batch/results/cells';
import { itemFromCsv } from '@/lib/domain/job/item-from-csv';
import { unguardCell } from '@/lib/tabular/formula-guard';

type Fields = Record<string, unknown>;

/**
 * Returns the input that a row of a corrected errors file describes. An unchanged cell keeps the original value: a
 * spreadsheet can't represent every value. A changed cell is parsed as in a launch. An emptied cell removes its field.
 * @param cells by column; fields whose column is not in the file keep their values
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
  // All cells are parsed together, because some types make one field of several cells. Only changes are applied.
  const item = itemFromCsv(type)(all);
  if (!isFields(item)) return item;
  for (const [field, value] of Object.entries(item)) if (field in changed || !(field in all)) next[field] = value;
  return next;
}

function jsonOr(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    // Not JSON: it stays text, and the schema validates it.
    return text;
  }
}
