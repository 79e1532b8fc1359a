import { cellOf, cellText, parseTemplate } from './template';

/** `{{secret:NAME}}` */
const SECRET = /\{\{\s*secret:([^{}]+?)\s*\}\}/g;

/** The names of the secrets that a template mentions. */
export const secretsIn = (template: string): string[] =>
  [...template.matchAll(SECRET)].map((match) => match[1]?.trim() ?? '');

/** The names of the values that a template mentions. */
export const fieldsIn = (template: string): string[] =>
  parseTemplate(template).flatMap((part) => ('column' in part ? [part.column] : []));

export interface Filling {
  values: Readonly<Record<string, unknown>>;
  /** by name; a name that is missing throws */
  secret: (name: string) => string;
  /** what is done to a value before it is put in, such as percent-encoding; not to the first thing of a text */
  encode?: (text: string) => string;
}

/** A template names a value that the row doesn't have. */
export class MissingValueError extends Error {
  override name = 'MissingValueError';

  constructor(readonly field: string) {
    super(`The row has no value “${field.slice(0, 100)}”.`);
  }
}

/**
 * Fills a template once: what a value holds is never read as a template again, so that no row can reach for a secret.
 * @throws MissingValueError
 */
export function fill(template: string, filling: Filling): string {
  let text = '';
  let first = true;
  for (const part of parseTemplate(template)) {
    if ('text' in part) text += part.text.replaceAll(SECRET, (_, name: string) => filling.secret(name.trim()));
    else {
      const cell = cellText(valueIn(filling.values, part.column));
      text += filling.encode && !first ? filling.encode(cell) : cell;
    }
    first = false;
  }
  return text;
}

/** Fills the texts of a JSON value. A text that is nothing but one `{{field}}` becomes the value with its own type. */
export function fillJson(value: unknown, filling: Filling): unknown {
  if (typeof value === 'string') {
    const parts = parseTemplate(value);
    const [only] = parts;
    if (parts.length === 1 && only && 'column' in only) return valueIn(filling.values, only.column);
    return fill(value, filling);
  }
  if (Array.isArray(value)) return value.map((inner) => fillJson(inner, filling));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillJson(inner, filling)]));
}

/** Every text of a JSON value. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

function valueIn(values: Readonly<Record<string, unknown>>, field: string): unknown {
  const value = cellOf(values, field);
  if (value === undefined) throw new MissingValueError(field);
  return value;
}
