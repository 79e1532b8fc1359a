import { stringifyJson } from '@/lib/contracts/json';
import { MAX_SEARCHABLE } from '@/lib/contracts/searchable';
import { readableJson } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { DomainError } from '@/lib/domain/errors';
import { definitionOf, isJobType, type JobType, jobTypes } from '@/lib/job-types/catalogue';

// The values of searchable fields are in a table of their own, which only a launch, an edited retry and a deletion
// write: claims and outcomes change nothing in it. A key is a hash, so the row of the job decides whether it matches.

/** Items of a list that are indexed. */
const MAX_ITEMS = 20;
/** The value by which rows with a longer list are indexed besides: a search for any value reads them too. */
export const LONGER_LIST = '\u001elonger';

/** Returns the searchable fields of a job type. */
const fieldsOfType = (type: string): readonly string[] => (isJobType(type) && definitionOf(type).searchable) || [];

/** Returns the fields of a launch that are indexed: those of its type and its own. @throws DomainError `invalid-request` */
export function searchableFields(type: JobType, own: readonly string[] = []): string[] {
  const fields = [...new Set([...fieldsOfType(type), ...own])];
  if (fields.length <= MAX_SEARCHABLE) return fields;
  const message = `names more than ${MAX_SEARCHABLE} fields together with those of the job type: ${fields.join(', ')}`;
  throw new DomainError('invalid-request', `The launch ${message}.`, { errors: [{ path: 'searchable', message }] });
}

/** Returns the key of a value, as an SQL expression. */
export const keyOf = (organizationId: Sql, field: Sql, value: Sql): Sql =>
  sql`hashtextextended(${organizationId} || chr(31) || ${field} || chr(31) || ${value}, 0)`;

/** The values of a searchable field of rows `r`, one of each. A list has the values of its first items. */
const valuesOfField = (path: Sql): Sql => sql`
  (select ${readableJson(sql`r.data`)} #> ${path} as value offset 0) as p
  cross join lateral (
    select p.value #>> '{}' as item where json_typeof(p.value) not in ('array', 'null')
    union all
    (select distinct e.item from (
      (select a.item from json_array_elements_text(case json_typeof(p.value) when 'array' then p.value else '[]' end) as a(item) limit ${sql.literal(MAX_ITEMS)})
      union all
      select ${LONGER_LIST}::text where case json_typeof(p.value) when 'array' then json_array_length(p.value) else 0 end > ${sql.literal(MAX_ITEMS)}
    ) as e where e.item is not null)) as v`;

/** Selects the keys of jobs `j`: `key` and `id`. Children have the fields of their batch, others those of their type. */
const keysOf = (condition: Sql): Sql => sql`
  select ${keyOf(sql`r.organization_id`, sql`f.field`, sql`v.item`)} as key, r.id
  from (
    select j.id, j.organization_id, j.data, b.searchable as fields
      from job j join batch b on b.id = j.batch_id where b.searchable is not null and ${condition}
    union all
    select j.id, j.organization_id, j.data, array(select json_array_elements_text(t.value))
      from job j join json_each(${fieldsByType()}::json) as t on t.key = j.type where j.batch_id is null and ${condition}) as r
  cross join unnest(r.fields) as f(field)
  cross join lateral ${valuesOfField(sql`string_to_array(f.field, '.')`)}`;

/** The fields of single jobs and nodes of flows, by job type, as JSON. */
const fieldsByType = (): string =>
  stringifyJson(
    Object.fromEntries(
      jobTypes()
        .filter((type) => fieldsOfType(type).length > 0)
        .map((type) => [type, fieldsOfType(type)]),
    ),
  );

/** Whether jobs of these types have fields of their own, without a batch that names them. */
export const hasSearchable = (types: Iterable<string>): boolean =>
  [...types].some((type) => fieldsOfType(type).length > 0);

/** Returns the job types that index a field of all their jobs. */
export const typesWithField = (field: string): JobType[] =>
  jobTypes().filter((type) => fieldsOfType(type).includes(field));

/** Indexes the searchable values of the jobs `j` that fit a condition. */
export async function indexJobs(db: Queryable, condition: Sql): Promise<void> {
  await db.query(sql`insert into search_key (key, job_id) ${keysOf(condition)} order by 1, 2 on conflict do nothing`);
}

/** Indexes the searchable values of new children: as {@link indexJobs}, for many rows that have no keys yet. */
export async function indexChildren(db: Queryable, fields: readonly string[], condition: Sql): Promise<void> {
  for (const field of fields) {
    // In their order, neighbors are written to the same page.
    await db.query(
      sql`insert into search_key (key, job_id)
        select ${keyOf(sql`r.organization_id`, sql`${field}::text`, sql`v.item`)}, r.id from job r
        cross join lateral ${valuesOfField(sql`${field.split('.')}::text[]`)} where ${condition} order by 1, 2`,
    );
  }
}

/** Returns the statement that removes the keys of the jobs `j` that fit a condition, before their input or they change. */
export const forgetKeys = (condition: Sql): Sql => sql`
  delete from search_key k using (${keysOf(condition)}) as g where k.key = g.key and k.job_id = g.id`;
