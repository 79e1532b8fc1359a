import { isFields, isObject, parseJson } from '@/lib/contracts/json';
import type { ReadRow } from './row';

/** The maximum nesting depth: deeper values could overflow the stack of recursive code. */
const MAX_DEPTH = 100;

/** Parses a JSON text as a row: an object's fields, or the field `value` for another value. */
export function jsonRow(row: number, text: string): ReadRow {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    // V8's own message quotes the text, which may be long or private.
    return { row, issue: 'is not valid JSON' };
  }
  if (deeper(value, MAX_DEPTH)) return { row, issue: `is nested deeper than ${MAX_DEPTH} levels` };
  return { row, values: isFields(value) ? value : { value } };
}

function deeper(value: unknown, levels: number): boolean {
  if (!isObject(value)) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => deeper(inner, levels - 1));
}
