import { type Column, type ColumnType, type ReadRow, TabularError } from '@/lib/tabular';
import { isoDate } from './convert-cell';

const MAX_COLUMNS = 1000;
const INTEGER = /^(0|-?[1-9]\d{0,14})$/;
const NUMBER = /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?(e[+-]?\d{1,3})?$/i;

/**
 * The columns of rows that don't say theirs beforehand, in the order they turn up, and the narrowest type that fits
 * all values of each.
 * @param onIssue told of rows that can't be read
 * @param infer take text for numbers, booleans and dates where all of a column is written so
 * @throws TabularError `too-many-columns`
 */
export async function profileColumns(
  rows: AsyncIterable<ReadRow>,
  infer: boolean,
  onIssue: (row: number, issue: string) => void,
): Promise<Column[]> {
  const seen = new Map<string, Set<ColumnType>>();
  for await (const row of rows) {
    if ('issue' in row) {
      onIssue(row.row, row.issue);
      continue;
    }
    for (const [name, value] of Object.entries(row.values)) {
      const types = seen.get(name) ?? new Set();
      if (types.size === 0) seen.set(name, types);
      const type = typeOf(value, infer);
      if (type) types.add(type);
    }
    if (seen.size > MAX_COLUMNS) {
      throw new TabularError('too-many-columns', `The rows have more than ${MAX_COLUMNS} different fields.`);
    }
  }
  return [...seen].map(([name, types]) => ({ name, type: common(types) }));
}

/** Undefined for nothing, which fits everything. */
function typeOf(value: unknown, infer: boolean): ColumnType | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'object') return 'json';
  if (!infer || typeof value !== 'string') return 'string';
  if (value === '') return undefined;
  if (INTEGER.test(value)) return 'integer';
  if (NUMBER.test(value)) return 'number';
  if (value === 'true' || value === 'false') return 'boolean';
  return isoDate(value) === undefined ? 'string' : 'date';
}

function common(types: ReadonlySet<ColumnType>): ColumnType {
  const [only] = types;
  if (types.size === 1 && only) return only;
  return types.size === 2 && types.has('integer') && types.has('number') ? 'number' : 'string';
}
