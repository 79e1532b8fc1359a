import { IMPORT_LIMITS } from '@/lib/contracts/import';
import { isFields } from '@/lib/contracts/json';

/** How many JSON rows are searched for keys. */
export const COLUMN_SAMPLE = 100;

/** Returns the columns of JSON rows: keys in order of appearance, including nested ones (`address.city`). */
export function columnsOfRows(rows: readonly Readonly<Record<string, unknown>>[]): string[] {
  const found = new Set<string>();
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) {
      found.add(key);
      if (!isFields(value)) continue;
      for (const inner of Object.keys(value)) found.add(`${key}.${inner}`);
    }
  }
  return [...found].slice(0, IMPORT_LIMITS.columns);
}

/** Returns remarks about unusual columns of a table. */
export function columnRemarks(columns: readonly string[], header: boolean): string[] {
  if (!header) return ['No header was found: columns are called by their place.'];
  const twice = columns.filter((name) => /_\d+$/.test(name) && columns.includes(name.replace(/_\d+$/, '')));
  const nameless = columns.filter((name, i) => name === `column_${i + 1}`);
  return [
    ...(twice.length > 0 ? [`Column names that come twice got a number: ${twice.slice(0, 3).join(', ')}.`] : []),
    ...(nameless.length > 0
      ? [`Columns without a name are called by their place: ${nameless.slice(0, 3).join(', ')}.`]
      : []),
  ];
}
