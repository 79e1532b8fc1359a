import { isExact } from '@/lib/contracts/json';
import { type ReadRow, TabularError } from '@/lib/tabular/row';
import type { Column, ColumnType } from '@/lib/tabular/write-options';
import { hasNanoseconds, isInt64, isoDate } from './convert-cell';

const MAX_COLUMNS = 1000;
const INTEGER = /^(0|-?[1-9]\d{0,14})$/;
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?(e[+-]?\d{1,3})?$/i;

/**
 * Finds the columns of formats that do not list them, in the order of their first use, and the narrowest type that fits
 * all values of a column.
 * @param onIssue called for rows that cannot be read
 * @param infer parse text as numbers, booleans or dates if all values of a column can be parsed
 * @throws TabularError `too-many-columns`
 */
export async function profileColumns(
  rows: AsyncIterable<ReadRow>,
  infer: boolean,
  onIssue: (row: number, issue: string) => void,
): Promise<Column[]> {
  const seen = new Map<string, Set<Kind>>();
  for await (const row of rows) {
    if ('issue' in row) {
      onIssue(row.row, row.issue);
      continue;
    }
    for (const [name, value] of Object.entries(row.values)) {
      const types = seen.get(name) ?? new Set();
      if (types.size === 0) seen.set(name, types);
      const type = kindOf(value, infer);
      if (type) types.add(type);
    }
    if (seen.size > MAX_COLUMNS) {
      throw new TabularError('too-many-columns', `The rows have more than ${MAX_COLUMNS} different fields.`);
    }
  }
  return [...seen].map(([name, types]) => ({ name, type: common(types) }));
}

/** `long`: a whole number that a double cannot represent exactly. It cannot share a column with fractions. */
type Kind = ColumnType | 'long';

/** Returns undefined for null and empty values, which fit every type. */
function kindOf(value: unknown, infer: boolean): Kind | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' && (!Number.isInteger(value) || !isInt64(value))) return 'number';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'long';
  if (isExact(value)) return typeof value === 'bigint' && isInt64(value) ? 'long' : 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'object') return 'json';
  if (!infer || typeof value !== 'string') return 'string';
  if (value === '') return undefined;
  if (INTEGER.test(value)) return 'integer';
  if (NUMBER.test(value)) return 'number';
  if (value === 'true' || value === 'false') return 'boolean';
  return isoDate(value) === undefined || hasNanoseconds(value) ? 'string' : 'date';
}

function common(kinds: ReadonlySet<Kind>): ColumnType {
  const all = (...allowed: Kind[]) => [...kinds].every((kind) => allowed.includes(kind));
  if (kinds.size > 0 && all('integer', 'long')) return 'integer';
  if (kinds.size > 0 && all('integer', 'number')) return 'number';
  const [only] = kinds;
  return kinds.size === 1 && only && only !== 'long' ? only : 'string';
}
