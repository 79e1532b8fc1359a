import type { ImportField, Mapping } from '@/lib/contracts/import';
import { columnsIn } from '@/lib/contracts/template';
import { META } from '@/lib/domain/batch/results/cells';

/** Synonyms in column names. */
const SAME: readonly (readonly string[])[] = [
  ['id', 'key', 'identifier', 'no', 'nr', 'number', 'code'],
  ['url', 'link', 'address', 'href', 'uri', 'website', 'endpoint'],
  ['text', 'content', 'body', 'message', 'description', 'comment', 'notes'],
  ['title', 'name', 'subject', 'label', 'headline'],
  ['email', 'mail', 'emailaddress'],
  ['phone', 'telephone', 'tel', 'mobile'],
  ['amount', 'price', 'total', 'sum', 'value'],
  ['date', 'day', 'when', 'time', 'timestamp'],
  ['method', 'verb'],
  ['format', 'type', 'kind'],
];

/** `durationMs`, `duration_ms` and `Duration (ms)` → ['duration', 'ms'] */
const wordsOf = (name: string): string[] =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .map((word) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word));

const areSame = (a: string, b: string): boolean =>
  a === b || SAME.some((group) => group.includes(a) && group.includes(b));

/** Returns the Dice coefficient of two words' letter pairs. */
function likeness(a: string, b: string): number {
  const pairs = (word: string) => Array.from({ length: Math.max(0, word.length - 1) }, (_, i) => word.slice(i, i + 2));
  const [left, right] = [pairs(a), pairs(b)];
  if (left.length === 0 || right.length === 0) return a === b ? 1 : 0;
  const rest = [...right];
  let common = 0;
  for (const pair of left) {
    const at = rest.indexOf(pair);
    if (at < 0) continue;
    rest.splice(at, 1);
    common += 1;
  }
  return (2 * common) / (left.length + right.length);
}

/** Returns the similarity of a field name and a column name: 1 is equal, below 0.6 is chance. */
export function similarity(field: string, column: string): number {
  const [a, b] = [wordsOf(field), wordsOf(column)];
  const [joinedA, joinedB] = [a.join(''), b.join('')];
  if (joinedA === '' || joinedB === '') return 0;
  if (joinedA === joinedB) return 1;
  const last = wordsOf(field.split('.').at(-1) ?? '');
  if (last.join('') === joinedB) return 0.95;
  const shared = a.filter((word) => b.some((other) => areSame(word, other))).length;
  const words = (2 * shared) / (a.length + b.length);
  const exact = a.some((word) => b.includes(word)) ? 0.05 : 0;
  return Math.min(0.94, Math.max(words * 0.85 + exact, likeness(joinedA, joinedB) * 0.9));
}

const ENOUGH = 0.6;
const SAME_NAME = 1;
const OWN = new Set<string>(Object.values(META));

/**
 * Maps columns to fields with similar names, most similar first. Each column is used once; export columns are excluded.
 * @param exact fields that take a column of the same name only
 */
export function suggestMapping(
  fields: readonly ImportField[],
  columns: readonly string[],
  exact: readonly string[] = [],
): Mapping {
  const pairs = fields
    .flatMap((field) => columns.map((column) => ({ field: field.path, column, score: similarity(field.path, column) })))
    .filter(({ field, column, score }) => score >= (exact.includes(field) ? SAME_NAME : ENOUGH) && !OWN.has(column))
    .sort((a, b) => b.score - a.score);
  const mapping: Mapping = {};
  const used = new Set<string>();
  for (const { field, column } of pairs) {
    if (mapping[field] || used.has(column)) continue;
    mapping[field] = { from: 'column', column };
    used.add(column);
  }
  return mapping;
}

/** Returns the columns that a mapping reads. */
export function columnsOf(mapping: Mapping): string[] {
  return Object.values(mapping).flatMap((source) => {
    if (source.from === 'column') return [source.column];
    if (source.from !== 'template') return [];
    return columnsIn(source.template);
  });
}

/** Whether a mapping fits a table: all its columns exist, and all its fields are known. */
export function fits(mapping: Mapping, fields: readonly ImportField[], columns: readonly string[]): boolean {
  const paths = new Set(fields.map((field) => field.path));
  return (
    Object.keys(mapping).every((path) => paths.has(path)) &&
    columnsOf(mapping).every((column) => columns.includes(column) || columns.includes(column.split('.')[0] ?? ''))
  );
}
