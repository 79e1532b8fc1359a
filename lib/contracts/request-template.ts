import { joinAddress, type Piece } from './address';
import { cellOf, cellText } from './cell';
import { isObject } from './json';
import { encodeCell, parseTemplate } from './template';

export interface Filling {
  values: Readonly<Record<string, unknown>>;
  /** returns the secret with this name; throws if it does not exist */
  secret: (name: string) => string;
}

/** A template references a value that the row does not have. */
export class MissingValueError extends Error {
  override name = 'MissingValueError';

  constructor(readonly field: string) {
    super(`The row has no value “${field.slice(0, 100)}”.`);
  }
}

/**
 * Fills a template. Inserted values are never parsed as templates, so that no row can reference a secret.
 * @throws MissingValueError
 */
export function fill(template: string, filling: Filling): string {
  return parseTemplate(template)
    .map((part) => {
      if ('text' in part) return part.text;
      return 'secret' in part ? filling.secret(part.secret) : cellText(valueIn(filling.values, part.column));
    })
    .join('');
}

/**
 * Fills the template of an address. Values and secrets are percent-encoded, except at the start of the address, and
 * cannot change its path.
 * @throws MissingValueError, AddressError
 */
export function fillAddress(template: string, filling: Filling): string {
  const pieces: Piece[] = [];
  const put = (text: string, column: string): void => {
    const first = pieces.length === 0;
    pieces.push({ text: first ? text : encodeCell(text, column), column });
  };
  for (const part of parseTemplate(template)) {
    if ('text' in part) pieces.push({ text: part.text });
    else if ('secret' in part) put(filling.secret(part.secret), `secret:${part.secret}`);
    else put(cellText(valueIn(filling.values, part.column)), part.column);
  }
  return joinAddress(pieces);
}

/** Fills the strings of a JSON value. A string that consists of one `{{field}}` becomes the value with its own type. */
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

/** Returns all strings in a JSON value. */
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
