import { AddressError, joinAddress, type Piece } from './address';
import { cellOf, cellText } from './cell';

/*
 * The grammar of templates, and its only parser (docs/templates.md):
 *   {{column}}        a value of the row
 *   {{secret:NAME}}   a secret, filled in where the call is made
 *   ${{ expression }} a JSONata expression of a workflow
 */

/** A piece of a template: text as it is, the name of a column, or the name of a secret with its notation as written. */
export type TemplatePart = { text: string } | { column: string } | { secret: string; written: string };

const PLACEHOLDER = /\{\{\s*([^{}\s](?:[^{}]*?[^{}\s])?)\s*\}\}/g;
const SECRET_PREFIX = 'secret:';

/** Cuts `https://api.example.com/users/{{id}}` into its parts. Braces that name nothing stay text. */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of template.matchAll(PLACEHOLDER)) {
    const [written, name = ''] = match;
    if (match.index > end) parts.push({ text: template.slice(end, match.index) });
    if (name.startsWith(SECRET_PREFIX)) parts.push({ secret: name.slice(SECRET_PREFIX.length).trim(), written });
    else parts.push({ column: name });
    end = match.index + written.length;
  }
  if (end < template.length) parts.push({ text: template.slice(end) });
  return parts;
}

/** The columns that a template reads. */
export const columnsIn = (template: string): string[] =>
  parseTemplate(template).flatMap((part) => ('column' in part ? [part.column] : []));

/** The names of the secrets that a template mentions. */
export const secretsIn = (template: string): string[] =>
  parseTemplate(template).flatMap((part) => ('secret' in part ? [part.secret] : []));

/** A piece of a text with `${{ … }}` in it. */
export type ExpressionPart = { text: string } | { expression: string };

const OPEN = '${{';
const CLOSE = '}}';

/** Cuts a text with expressions into its parts; undefined for a text without any. */
export function parseExpressions(text: string): ExpressionPart[] | undefined {
  const parts: ExpressionPart[] = [];
  let at = 0;
  for (;;) {
    const open = text.indexOf(OPEN, at);
    const close = open < 0 ? -1 : text.indexOf(CLOSE, open + OPEN.length);
    if (close < 0) break;
    if (open > at) parts.push({ text: text.slice(at, open) });
    parts.push({ expression: text.slice(open + OPEN.length, close).trim() });
    at = close + CLOSE.length;
  }
  if (parts.length === 0) return undefined;
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** Whether an expression begins in the text and never ends. */
export function hasUnclosedExpression(text: string): boolean {
  const last = parseExpressions(text)?.at(-1) ?? { text };
  return 'text' in last && last.text.includes(OPEN);
}

/**
 * Fills a template from a row. Undefined when every column that it names is empty there. Secrets stay as they are
 * written. In an address the cells are percent-encoded, so that a slash or a question mark in one cannot change where
 * it leads.
 * @throws AddressError where a cell would still change it
 */
export function renderTemplate(
  parts: readonly TemplatePart[],
  cells: Readonly<Record<string, unknown>>,
): string | undefined {
  const isUrl = isAddress(parts, cells);
  let filled = false;
  let named = false;
  const pieces = parts.map((part, i): Piece => {
    if (!('column' in part)) return { text: fixedText(part) ?? '' };
    named = true;
    const cell = cellText(cellOf(cells, part.column));
    if (cell !== '') filled = true;
    return { text: isUrl && i > 0 ? encodeCell(cell, part.column) : cell, column: part.column };
  });
  if (named && !filled) return undefined;
  return isUrl ? joinAddress(pieces) : pieces.map((piece) => piece.text).join('');
}

/** Puts a value in place of one column and leaves the rest of the template as it is. */
export const fillColumn = (template: string, column: string, value: string): string =>
  parseTemplate(template)
    .map((part) => fixedText(part) ?? ('column' in part && part.column !== column ? `{{${part.column}}}` : value))
    .join('');

/** What a part is in every row; undefined for a column. */
const fixedText = (part: TemplatePart): string | undefined =>
  'text' in part ? part.text : 'secret' in part ? part.written : undefined;

/** Whether a template is that of an address: it begins like one, or with a cell that does and holds no blanks. */
function isAddress(parts: readonly TemplatePart[], cells: Readonly<Record<string, unknown>>): boolean {
  const [first] = parts;
  if (first === undefined) return false;
  if (!('column' in first)) return /^https?:\/\//i.test(fixedText(first) ?? '');
  const hasBlank = parts.some((part) => /\s/.test(fixedText(part) ?? ''));
  return !hasBlank && /^https?:\/\/\S+$/i.test(cellText(cellOf(cells, first.column)));
}

/** @throws AddressError for half of a character, which cannot be encoded */
export function encodeCell(text: string, column: string): string {
  if (!/\p{Surrogate}/u.test(text)) return encodeURIComponent(text);
  throw new AddressError(
    'invalid-url',
    `The column “${column}” holds half of a character, which can’t be sent.`,
    column,
  );
}
