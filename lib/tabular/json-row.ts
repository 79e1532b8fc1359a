import type { ReadRow, Values } from './row';

/** Deeper values are of no use in a table and can break what walks them. */
const MAX_DEPTH = 100;

/** One JSON text as a row: an object gives its fields, anything else the field `value`. */
export function jsonRow(row: number, text: string): ReadRow {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // V8's own message quotes the text, which may be long or private.
    return { row, issue: 'is not valid JSON' };
  }
  if (deeper(value, MAX_DEPTH)) return { row, issue: `is nested deeper than ${MAX_DEPTH} levels` };
  return { row, values: isObject(value) ? value : { value } };
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function deeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => deeper(inner, levels - 1));
}
