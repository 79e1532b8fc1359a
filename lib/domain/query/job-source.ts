import { isTerminal, type JobStatus } from '@/lib/contracts/status';
import { firstIdAt, isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import type { Field, Query, Term } from '@/lib/query/query';
import { failureGroupOf, IS_DEAD, isDeadTerm, isOfDead } from './failure-condition';
import { type IndexedValue, longerKey, valueKey } from './indexed-value';
import { literalsOf } from './patterns';
import type { SearchScope } from './scope';
import { momentsOf } from './values';

/** Which rows a search reads, from the newest back. The whole query is checked on each of them. */
export interface JobSource {
  /** the term that an index answers; undefined: all rows of the organization */
  term: Term | undefined;
  /** a value that is indexed for searches over all batches; goes before `term` */
  indexed?: IndexedValue | undefined;
  /** only dead letters match */
  dead: boolean;
  /** a group of failures that an index answers */
  group?: Sql | undefined;
  /** every row of the source matches the query */
  exact: boolean;
  /** no older row matches */
  oldest: string | undefined;
}

/** A launch may take hours, and its rows have the time of its beginning but later ids. Clocks differ by less. */
const SLACK_MS = 3_600_000;

/** Chooses the index that leaves the fewest rows to check, as far as the query alone tells. */
export function chooseSource(query: Query, scope: SearchScope): JobSource {
  const { terms } = query;
  const literal = (field: Field, fits: (values: string[]) => boolean): Term | undefined =>
    terms.find(
      (term) =>
        term.field === field &&
        !term.not &&
        'any' in term &&
        literalsOf(term.any).length === term.any.length &&
        fits(literalsOf(term.any)),
    );
  const rare = (values: string[]) => values.every((status) => isIndexed(status) && status !== 'completed');
  const term =
    literal('id', (ids) => ids.every(isId)) ??
    literal('batch', (ids) => ids.every(isId)) ??
    literal('status', rare) ??
    literal('type', (types) => types.every((type) => type !== '')) ??
    literal('status', (values) => values.every(isIndexed));
  const created = terms.find((each) => each.field === 'created' && !each.not);
  const group = failureGroupOf(query);
  const moments = created?.field === 'created' ? momentsOf(created.test, scope.now) : {};
  const since = moments.from ?? moments.after;
  return {
    term,
    dead: isOfDead(query),
    group: group?.condition,
    exact: terms.every((each) => each === term || isDeadTerm(each) || group?.terms.includes(each)),
    oldest: since === undefined ? undefined : firstIdAt(Date.parse(since) - SLACK_MS),
  };
}

/** Rows that wait are in no index by their time: they are the newest ones anyway. */
const isIndexed = (status: string): boolean =>
  isTerminal(status as JobStatus) || status === 'active' || status === 'waiting-children';

/** Returns the statement that reads the newest `size` rows `j` of a source before a cursor. */
export function jobSource(
  source: JobSource,
  { organizationId }: SearchScope,
  cursor: string | undefined,
  size: number,
): Sql {
  const place = [sql`j.organization_id = ${organizationId}`];
  if (cursor !== undefined) place.push(sql`j.id < ${cursor}::uuid`);
  if (source.oldest !== undefined) place.push(sql`j.id >= ${source.oldest}::uuid`);
  const ofOpen = sql.join(place, ' and ');
  const among = [ofOpen];
  if (source.dead) among.push(IS_DEAD);
  if (source.group) among.push(source.group);
  const within = sql.join(among, ' and ');
  const { term } = source;
  const values = term && 'any' in term ? literalsOf(term.any) : [];
  const newest = (from: Sql, condition: Sql, where = within) =>
    sql`(select j.id from ${from} j where ${where} and ${condition} order by j.id desc limit ${size})`;
  if (source.indexed) {
    const keyed = (key: Sql) => sql`(select k.job_id from search_key k join job j on j.id = k.job_id
      where k.key = ${key} and ${within} order by k.job_id desc limit ${size})`;
    return sql`select j.* from job j where j.id in (${keyed(valueKey(source.indexed, organizationId))}
      union all ${keyed(longerKey(source.indexed, organizationId))}) order by j.id desc limit ${size}`;
  }
  const [only] = values;
  if (only !== undefined && values.length === 1 && term?.field === 'type') {
    return sql`select j.* from job j where ${within} and j.type = ${only}::text order by j.id desc limit ${size}`;
  }
  if (only !== undefined && values.length === 1 && term?.field === 'status' && isTerminal(only as JobStatus)) {
    return sql`select j.* from job j where ${within} and j.outcome = ${only}::text order by j.id desc limit ${size}`;
  }
  switch (term?.field) {
    case 'id':
      return sql`select j.* from job j where ${within} and j.id = any(${values}::uuid[]) order by j.id desc limit ${size}`;
    case 'batch':
      return sql`select j.* from job j where ${within} and j.batch_id = any(${values}::uuid[]) order by j.id desc limit ${size}`;
    case 'status':
      return sql`select j.* from job j where j.id in (${sql.join(
        values.map((status) =>
          isTerminal(status as JobStatus)
            ? newest(sql`job`, sql`j.outcome = ${status}::text`)
            : newest(sql`in_flight`, sql`j.status = ${status}::text`, ofOpen),
        ),
        ' union all ',
      )}) order by j.id desc limit ${size}`;
    case 'type':
      return sql`select j.* from job j where j.id in (${sql.join(
        values.map((type) => newest(sql`job`, sql`j.type = ${type}::text`)),
        ' union all ',
      )}) order by j.id desc limit ${size}`;
    default:
      return sql`select j.* from job j where ${within} order by j.id desc limit ${size}`;
  }
}
