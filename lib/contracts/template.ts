import { AddressError, joinAddress, type Piece } from './address';
import { stringifyJson } from './json';

/** A piece of a template: text as it stands, or the name of a column. */
export type TemplatePart = { text: string } | { column: string };

const HOLE = /\{\{\s*([^{}\s](?:[^{}]*?[^{}\s])?)\s*\}\}/g;

/**
 * Cuts `https://api.example.com/users/{{id}}` into text and columns. Braces that name nothing stay text, and so does
 * `{{secret:NAME}}`, which is filled where the work is done.
 */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of template.matchAll(HOLE)) {
    if (match[1]?.startsWith('secret:')) continue;
    if (match.index > end) parts.push({ text: template.slice(end, match.index) });
    parts.push({ column: match[1] ?? '' });
    end = match.index + match[0].length;
  }
  if (end < template.length) parts.push({ text: template.slice(end) });
  return parts;
}

/** A cell as text: what JSON has besides text is written as JSON. */
export const cellText = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : (stringifyJson(value) ?? '');
};

/** The value of a column: a cell of that name, else a path into a cell that is an object (`address.city`). */
export function cellOf(cells: Readonly<Record<string, unknown>>, column: string): unknown {
  if (Object.hasOwn(cells, column)) return cells[column];
  let value: unknown = cells;
  for (const key of column.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/**
 * Fills a template from a row. Undefined when every column that it names is empty there. In an address the cells are
 * percent-encoded, so that a slash or a question mark in one can't change where it leads.
 * @throws AddressError where a cell would do so all the same
 */
export function renderTemplate(
  parts: readonly TemplatePart[],
  cells: Readonly<Record<string, unknown>>,
): string | undefined {
  const isUrl = isAddress(parts, cells);
  let filled = false;
  let named = false;
  const pieces = parts.map((part, i): Piece => {
    if ('text' in part) return part;
    named = true;
    const cell = cellText(cellOf(cells, part.column));
    if (cell !== '') filled = true;
    return { text: isUrl && i > 0 ? encodeCell(cell, part.column) : cell, column: part.column };
  });
  if (named && !filled) return undefined;
  return isUrl ? joinAddress(pieces) : pieces.map((piece) => piece.text).join('');
}

/** Whether a template is that of an address: it begins like one, or with a cell that does and holds no blanks. */
function isAddress(parts: readonly TemplatePart[], cells: Readonly<Record<string, unknown>>): boolean {
  const [first] = parts;
  if (first === undefined) return false;
  if ('text' in first) return /^https?:\/\//i.test(first.text);
  const blank = parts.some((part) => 'text' in part && /\s/.test(part.text));
  return !blank && /^https?:\/\/\S+$/i.test(cellText(cellOf(cells, first.column)));
}

/** @throws AddressError for half of a character, which can't be encoded */
export function encodeCell(text: string, column: string): string {
  if (!/\p{Surrogate}/u.test(text)) return encodeURIComponent(text);
  throw new AddressError(
    'invalid-url',
    `The column “${column}” holds half of a character, which can’t be sent.`,
    column,
  );
}
