import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import { literalOf, type Query, type Term, type ValueTerm } from '@/lib/query/query';
import { literalsOf } from './patterns';
import type { SearchScope } from './scope';
import { withinLimit } from './search-back';
import { keyOf, LONGER_LIST, typesWithField } from './search-keys';

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

/** The key of the rows whose lists are indexed in part: each of them may have the value. */
export const longerKey = ({ field }: IndexedValue, organizationId: string): Sql =>
  keyOf(sql`${organizationId}::text`, sql`${field}::text`, sql`${LONGER_LIST}::text`);

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

/**
 * Returns whether a launch has indexed the field, and whether it is certain that all did that the query can find. A
 * `type:` in the query makes nothing certain: a batch may have children of other types. Nor do the fields of job types: single
 * jobs may be older than them.
 */
async function readCoverage(field: string, { terms }: Query, { organizationId }: SearchScope) {
  const batch = terms.find((term) => term.field === 'batch' && !term.not);
  const batches = batch && 'any' in batch ? literalsOf(batch.any) : [];
  const ids = batch && 'any' in batch && batches.length === batch.any.length && batches.every(isId) ? batches : null;
  const found = await withinLimit(organizationId, (db) =>
    db.query<{ is_known: boolean; is_complete: boolean }>(
      sql`select ${typesWithField(field).length > 0} or exists (select from batch b where b.organization_id = ${organizationId} and b.searchable is not null and b.searchable @> array[${field}::text]) as is_known,
       not exists (select from batch b where b.organization_id = ${organizationId} and (b.searchable is null or not b.searchable @> array[${field}::text])
           and (${ids}::uuid[] is null or b.id = any(${ids}::uuid[])))
         and (${ids !== null} or not exists (select from job j where j.organization_id = ${organizationId} and j.batch_id is null)) as is_complete`,
    ),
  );
  const row = found?.rows[0];
  // Beyond the limit the index is read, and the rest after it.
  return { isKnown: row?.is_known !== false, isComplete: row?.is_complete === true };
}
