import { looksLikeId, type NamedField, STATUSES } from './fields';
import { parseQuery } from './parse';
import { printTerm } from './print';
import { literalOf, type QueryKind, type Term } from './query';

// Filters beside the text of a query change one term of it and leave the rest as it was written.

type ChosenField = Extract<NamedField, 'status' | 'type' | 'created'>;

/** Returns the values of the first term of a field that is not negated, such as `['failed', 'active']`. */
export function chosenValues(text: string, kind: QueryKind, field: ChosenField): string[] {
  const found = parseQuery(text, kind).terms.find(({ term }) => term.field === field && !term.not)?.term;
  if (!found) return [];
  if ('any' in found) return found.any.flatMap((pattern) => literalOf(pattern) ?? []);
  return [printTerm(found).slice(field.length + 1)];
}

/** Replaces the first term of a field that is not negated, appends it, or removes it if `value` is empty. */
export function withValue(text: string, kind: QueryKind, field: ChosenField, value: string): string {
  const found = parseQuery(text, kind).terms.find(({ term }) => term.field === field && !term.not);
  const term = value === '' ? '' : `${field}:${value}`;
  const parts = found
    ? [text.slice(0, found.at).trim(), term, text.slice(found.at + found.length).trim()]
    : [text.trim(), term];
  return parts.filter(Boolean).join(' ');
}

/** Returns a text as a value of a term, quoted if needed. */
export const asValue = (text: string): string =>
  printTerm({ field: 'type', not: false, any: [[text]] }).slice('type:'.length);

/** The parameters of the lists before they had queries. */
interface OldFilters {
  status?: string | null;
  type?: string | null;
  batchId?: string | null;
  q?: string | null;
}

/** Returns the query that finds what an address with the parameters `status`, `type`, `batchId` and `q` found. */
export function fromFilters({ status, type, batchId, q }: OldFilters, kind: QueryKind): string {
  const statuses = (status ?? '').split(',').filter((word) => STATUSES[kind].includes(word));
  const terms: Term[] = [];
  if (statuses.length > 0) terms.push({ field: 'status', not: false, any: statuses.map((word) => [word]) });
  if (type && kind !== 'flows') terms.push({ field: 'type', not: false, any: [[type]] });
  if (batchId && kind === 'jobs') terms.push({ field: 'batch', not: false, any: [[batchId]] });
  const words = q?.trim();
  if (words && looksLikeId(words)) terms.push({ field: 'id', not: false, any: [[words]] });
  else if (words) terms.push({ field: 'text', not: false, pattern: [words] });
  return terms.map(printTerm).join(' ');
}
