import { cellOf, cellText } from '@/lib/contracts/cell';
import { isFields, parseJson } from '@/lib/contracts/json';

/** More columns leave no room for names. */
export const MAX_FIELDS = 4;
/** A menu with more is a wall. */
const MAX_OFFERED = 24;
/** An address lists fields with commas between them. */
const LISTABLE = /^[^,]{1,60}$/;

const isScalar = (value: unknown): boolean => value !== null && typeof value !== 'object';

/** Returns the result of a preview; undefined if it was cut or has no fields. */
function readResult(preview: string): Record<string, unknown> | undefined {
  try {
    const value = parseJson(preview);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Returns the fields of results that fit into a column: scalar ones, and those of an object inside, such as
 * `columns.price`. They come in the order in which they appear.
 * @param previews the beginnings of results as JSON; what was cut offers nothing
 */
export function fieldsOfResults(previews: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const preview of previews) {
    for (const [name, value] of Object.entries(readResult(preview) ?? {})) {
      if (isScalar(value)) found.add(name);
      else if (isFields(value)) {
        for (const [inner, deep] of Object.entries(value)) if (isScalar(deep)) found.add(`${name}.${inner}`);
      }
    }
    if (found.size >= MAX_OFFERED) break;
  }
  return [...found].filter((name) => LISTABLE.test(name)).slice(0, MAX_OFFERED);
}

/** Returns the cells of a result, empty where it has no such field; undefined if the preview was cut or has no fields. */
export function cellsOfResult(preview: string, fields: readonly string[]): string[] | undefined {
  const result = readResult(preview);
  return result && fields.map((field) => cellText(cellOf(result, field)));
}
