import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { literalOf, type Query, type Term, type ValueTerm } from '@/lib/query/query';
import { literalsOf } from './patterns';
import type { SearchScope } from './scope';
import { keyOf, typesWithField } from './search-keys';

/** A value of a searchable field that a query asks for. */
export interface IndexedValue {
  term: Term;
  field: string;
  value: string;
  /** no row that the query can find belongs to a launch that did not index the field */
  isComplete: boolean;
}

/** The key of the rows with a value, as an SQL expression. */
export const valueKey = ({ field, value }: IndexedValue, organizationId: string): Sql =>
  keyOf(sql`${organizationId}::text`, sql`${field}::text`, sql`${value}::text`);

const literalIn = (term: Term): string | undefined =>
  term.field === 'data' && !term.not && 'pattern' in term.test ? literalOf(term.test.pattern) : undefined;

/** Steps with dots can't be named in a list of fields. */
const isNameable = ({ path }: ValueTerm): boolean => path.every((step) => step !== '' && !step.includes('.'));

/** Finds a term of the query whose field launches of the organization have indexed. Without such terms there is no query. */
export async function findIndexed(query: Query, scope: SearchScope): Promise<IndexedValue | undefined> {
  for (const term of query.terms) {
    const value = literalIn(term);
    if (value === undefined || term.field !== 'data' || !isNameable(term)) continue;
    const field = term.path.join('.');
    const { isKnown, isComplete } = await readCoverage(field, query, scope);
    if (isKnown) return { term, field, value, isComplete };
  }
  return undefined;
}

/** Returns whether a launch has indexed the field, and whether all that the query can find did. */
async function readCoverage(field: string, { terms }: Query, { organizationId }: SearchScope) {
  const types = typesWithField(field);
  const within = (name: 'type' | 'batch'): string[] | null => {
    const found = terms.find((term) => term.field === name && !term.not);
    const values = found && 'any' in found ? literalsOf(found.any) : [];
    return found && 'any' in found && values.length === found.any.length ? values : null;
  };
  const batches = within('batch');
  const ids = batches?.every(isId) ? batches : null;
  const { rows } = await pool().query<{ is_known: boolean; is_complete: boolean }>(
    sql`select ${types.length > 0} or exists (select from batch b where b.organization_id = ${organizationId} and b.searchable is not null and b.searchable @> array[${field}::text]) as is_known,
       not exists (select from batch b where b.organization_id = ${organizationId} and (b.searchable is null or not b.searchable @> array[${field}::text])
           and (${within('type')}::text[] is null or b.type = any(${within('type')}::text[])) and (${ids}::uuid[] is null or b.id = any(${ids}::uuid[])))
         and (${ids !== null} or not exists (select from job j where j.organization_id = ${organizationId} and j.batch_id is null and j.type <> all(${types}::text[]))) as is_complete`,
  );
  return { isKnown: rows[0]?.is_known === true, isComplete: rows[0]?.is_complete === true };
}
