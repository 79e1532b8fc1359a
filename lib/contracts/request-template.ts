import { joinAddress, type Piece } from './address';
import { isObject } from './json';
import { cellOf, cellText, encodeCell, parseTemplate } from './template';

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
  return parseTemplate(template)
    .map((part) =>
      'text' in part
        ? part.text.replaceAll(SECRET, (_, name: string) => filling.secret(name.trim()))
        : cellText(valueIn(filling.values, part.column)),
    )
    .join('');
}

/**
 * Fills the template of an address: values and secrets are percent-encoded, except at its very start, and can't lead
 * to another path.
 * @throws MissingValueError, AddressError
 */
export function fillAddress(template: string, filling: Filling): string {
  const pieces: Piece[] = [];
  const put = (text: string, column?: string): void => {
    const first = pieces.length === 0;
    pieces.push({ text: first ? text : encodeCell(text, column ?? ''), ...(column === undefined ? {} : { column }) });
  };
  for (const part of parseTemplate(template)) {
    if ('column' in part) put(cellText(valueIn(filling.values, part.column)), part.column);
    else {
      let end = 0;
      for (const match of part.text.matchAll(SECRET)) {
        if (match.index > end) pieces.push({ text: part.text.slice(end, match.index) });
        const name = match[1]?.trim() ?? '';
        put(filling.secret(name), `secret:${name}`);
        end = match.index + match[0].length;
      }
      if (end < part.text.length) pieces.push({ text: part.text.slice(end) });
    }
  }
  return joinAddress(pieces);
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
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillJson(inner, filling)]));
}

/** Every text of a JSON value. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (!isObject(value)) return [];
  return Object.values(value).flatMap(textsOf);
}

function valueIn(values: Readonly<Record<string, unknown>>, field: string): unknown {
  const value = cellOf(values, field);
  if (value === undefined) throw new MissingValueError(field);
  return value;
}
