import { AddressError, joinAddress, type Piece } from './address';
import { cellOf, cellText } from './cell';

/*
 * The grammar of templates, and its only parser (docs/templates.md):
 *   {{column}}        a value of the row
 *   {{secret:NAME}}   a secret, inserted when the request is made
 *   ${{ expression }} a JSONata expression of a workflow
 */

/** A part of a template: literal text, the name of a column, or the name of a secret with its original notation. */
export type TemplatePart = { text: string } | { column: string } | { secret: string; written: string };

const PLACEHOLDER = /\{\{\s*([^{}\s](?:[^{}]*?[^{}\s])?)\s*\}\}/g;
const SECRET_PREFIX = 'secret:';

/** Splits `https://api.example.com/users/{{id}}` into its parts. Braces without a name stay text. */
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

/** Returns the columns that a template references. */
export const columnsIn = (template: string): string[] =>
  parseTemplate(template).flatMap((part) => ('column' in part ? [part.column] : []));

/** Returns the names of the secrets that a template references. */
export const secretsIn = (template: string): string[] =>
  parseTemplate(template).flatMap((part) => ('secret' in part ? [part.secret] : []));

/** A part of a text that contains `${{ … }}`. */
export type ExpressionPart = { text: string } | { expression: string };

const OPEN = '${{';
const CLOSE = '}}';

/** Splits a text with expressions into its parts. Returns undefined for a text without expressions. */
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

/** Returns whether the text contains an expression that is not closed. */
export function hasUnclosedExpression(text: string): boolean {
  const last = parseExpressions(text)?.at(-1) ?? { text };
  return 'text' in last && last.text.includes(OPEN);
}

/**
 * Fills a template from a row. Returns undefined if all columns that it references are empty. Secrets stay unchanged.
 * In an address, cells are percent-encoded, so that a slash or a question mark in a cell cannot change the target.
 * @throws AddressError if a cell would still change the target
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

/** Replaces one column by a value. The rest of the template stays unchanged. */
export const fillColumn = (template: string, column: string, value: string): string =>
  parseTemplate(template)
    .map((part) => fixedText(part) ?? ('column' in part && part.column !== column ? `{{${part.column}}}` : value))
    .join('');

/** Returns the text of a part that is the same in every row; undefined for a column. */
const fixedText = (part: TemplatePart): string | undefined =>
  'text' in part ? part.text : 'secret' in part ? part.written : undefined;

/** Returns whether a template is an address: it starts like one, or its first cell does and contains no whitespace. */
function isAddress(parts: readonly TemplatePart[], cells: Readonly<Record<string, unknown>>): boolean {
  const [first] = parts;
  if (first === undefined) return false;
  if (!('column' in first)) return /^https?:\/\//i.test(fixedText(first) ?? '');
  const hasBlank = parts.some((part) => /\s/.test(fixedText(part) ?? ''));
  return !hasBlank && /^https?:\/\/\S+$/i.test(cellText(cellOf(cells, first.column)));
}

/** @throws AddressError for a lone surrogate, which cannot be encoded */
export function encodeCell(text: string, column: string): string {
  if (!/\p{Surrogate}/u.test(text)) return encodeURIComponent(text);
  throw new AddressError(
    'invalid-url',
    `The column “${column}” holds half of a character, which can’t be sent.`,
    column,
  );
}
