import type { Bound, Pattern, PlacedTerm, Query, Range, Term } from './query';

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;

/** Characters that need no quotes anywhere in a value. */
const PLAIN = /^[\p{L}\p{N}_@/:+#%&=~;!?$.…'()[\]{}|^-]+$/u;

const literal = (text: string): string => (PLAIN.test(text) && !text.includes('..') ? text : quote(text));

const printPattern = (parts: Pattern): string =>
  parts.length === 1 && parts[0] === '' ? '""' : parts.map((part) => (part === '' ? '' : literal(part))).join('*');

/** A word must not be taken for a qualifier or a negation. */
const printWords = (parts: Pattern): string =>
  parts.length === 1 && (/[:\s]/.test(parts[0] ?? '') || (parts[0] ?? '').startsWith('-'))
    ? quote(parts[0] ?? '')
    : parts
        .map((part) => (part === '' ? '' : /:/.test(part) || part.startsWith('-') ? quote(part) : literal(part)))
        .join('*');

const printBound = ({ text }: Bound): string => literal(text);

function printRange({ from, to }: Range): string {
  if (from && to) return `${printBound(from)}..${printBound(to)}`;
  if (from) return `>${from.inclusive ? '=' : ''}${printBound(from)}`;
  return to ? `<${to.inclusive ? '=' : ''}${printBound(to)}` : '';
}

const STEP = /^[\p{L}\p{N}_$@-]+$/u;

/** Prints the field of a term with its path: `data.customer`. */
export const printField = (term: Term): string =>
  'path' in term
    ? [term.field, ...term.path.map((step) => (STEP.test(step) ? step : quote(step)))].join('.')
    : term.field;

function printValue(term: Term): string {
  if ('any' in term) return term.any.map(printPattern).join(',');
  if ('pattern' in term) return printPattern(term.pattern);
  if ('pattern' in term.test) return printPattern(term.test.pattern);
  return 'at' in term.test ? literal(term.test.at) : printRange(term.test.range);
}

/** Prints a term. Parsing the text gives an equal term. */
export function printTerm(term: Term): string {
  const not = term.not ? '-' : '';
  return term.field === 'text' ? not + printWords(term.pattern) : `${not}${printField(term)}:${printValue(term)}`;
}

/** Prints a query. Parsing the text gives an equal query. */
export const printQuery = ({ terms }: Query): string => terms.map(printTerm).join(' ');

/** Returns the query of a parsed text. */
export const queryOf = (placed: readonly PlacedTerm[]): Query => ({ terms: placed.map(({ term }) => term) });
