import type { SchemaField } from '@/components/ui/schema-fields';
import { isSearchableField, MAX_SEARCHABLE } from '@/lib/contracts/searchable';
import type { ParsedItems } from './parse-items';

/** Rows that are read for suggestions, and suggestions that are shown. */
const ROWS = 20;
const MOST = 24;

interface Searchable {
  fields: string[];
  /** what is wrong with the text; null if nothing is */
  problem: string | null;
}

/** Reads the fields that are to be searchable from their text. */
export function searchableOf(text: string): Searchable {
  const fields = [...new Set(text.split(/[\s,]+/).filter(Boolean))];
  const wrong = fields.find((field) => !isSearchableField(field));
  if (wrong !== undefined) return { fields, problem: `“${wrong}” is no field, such as customer or customer.id` };
  return { fields, problem: fields.length > MAX_SEARCHABLE ? `Name at most ${MAX_SEARCHABLE} fields` : null };
}

/** Adds a field to the text, or removes it. */
export function withSearchable(text: string, field: string): string {
  const { fields } = searchableOf(text);
  return (fields.includes(field) ? fields.filter((each) => each !== field) : [...fields, field]).join(', ');
}

/**
 * Returns the fields of the items that can be made searchable: those that the first rows have, then those of the type.
 * @param columns of a table that is imported
 */
export function columnsOf(
  fields: readonly SchemaField[],
  parsed: ParsedItems | null,
  columns: readonly string[],
): string[] {
  const known = new Set(fields.map(({ name }) => name));
  const ofRows = (parsed?.items ?? []).slice(0, ROWS).flatMap((item) => pathsOf(item, ''));
  const ofTable = [...(parsed?.header ?? []), ...columns].filter((column) => known.has(column));
  const found = new Set([...ofRows, ...ofTable, ...known]);
  return [...found].filter(isSearchableField).slice(0, MOST);
}

/** The paths of plain values: `customer`, and one level deeper `payload.customer`. */
function pathsOf(item: unknown, before: string): string[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
  return Object.entries(item).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && before === ''
      ? pathsOf(value, `${name}.`)
      : [before + name],
  );
}
