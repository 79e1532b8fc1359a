import type { ValueField } from '@/lib/contracts/choices';
import { type ListValuesQuery, MAX_VALUES, type ValueList } from '@/lib/contracts/query-values';
import { likePattern } from '@/lib/db/expressions';
import { type Sql, sql } from '@/lib/db/sql';
import { failureCode } from '@/lib/domain/batch/failure-reason';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { type Door, openDoor } from '@/lib/domain/redaction/door';
import { FIELDS } from '@/lib/query/fields';
import type { QueryKind } from '@/lib/query/query';
import { isSeen } from './patterns';
import { withinLimit } from './search-back';
import { tagsOf } from './values';

/** The newest records of a kind that are read for the values of a field. */
const READ = 2_000;

const SEEN = { jobs: 'job.see', batches: 'batch.see', flows: 'flow.see' } as const;

/**
 * Lists values that a field of a query had lately, for the search bar: the newest records are read, so that the cost does not grow
 * with the organization. Who sees names or tags redacted is offered none that a rule hides.
 * @throws DomainError `invalid-request` for a field that the list does not have, `forbidden`
 */
export async function listValues(context: Context, { of, field, value }: ListValuesQuery): Promise<ValueList> {
  requirePermission(context, 'job.see');
  if (of !== 'jobs') requirePermission(context, SEEN[of]);
  if (!FIELDS[field].of.includes(of)) {
    const message = `is no field of ${of}`;
    throw new DomainError('invalid-request', `${field} ${message}.`, { errors: [{ path: 'field', message }] });
  }
  const { organizationId } = context;
  const door = await openDoor(context);
  if (field === 'tag' && !door.showsTags) return { values: [] };
  const found = await withinLimit(organizationId, (db) =>
    db.query<{ value: string; count: number }>(
      sql`select v.value, count(*)::int as count from (${valuesOf(field, of, organizationId, door)}) as v
        where v.value <> '' and v.value ilike ${likePattern(value)}
        group by v.value order by starts_with(lower(v.value), lower(${value}::text)) desc, count(*) desc, v.value limit ${MAX_VALUES}`,
    ),
  );
  return { values: found?.rows ?? [] };
}

/** Selects the `value` of each of the newest records. */
function valuesOf(field: ValueField, of: QueryKind, organizationId: string, door: Door): Sql {
  switch (field) {
    case 'by':
      return launchers(of, organizationId);
    case 'batch':
      return sql`select r.name as value from (select b.name from batch b where b.organization_id = ${organizationId}
        order by b.id desc limit ${READ}) as r where ${isSeen(sql`r.name`, door)}`;
    case 'tag':
      return of === 'batches'
        ? tagsOfBatches(organizationId)
        : sql`${tagsOfBatches(organizationId)} union all ${tagsOfJobs(organizationId)}`;
    case 'code':
      return sql`select ${failureCode(sql`r.error`)} as value from (select j.error from job j
        where j.organization_id = ${organizationId} and j.outcome = 'failed' order by j.id desc limit ${READ}) as r`;
  }
}

/** Items of batches were launched by who launched the batch. */
function launchers(of: QueryKind, organizationId: string): Sql {
  if (of === 'flows') {
    return sql`(select f.created_by as value from flow f where f.organization_id = ${organizationId} order by f.id desc limit ${READ})`;
  }
  const ofBatches = sql`(select b.created_by as value from batch b where b.organization_id = ${organizationId} order by b.id desc limit ${READ})`;
  if (of === 'batches') return ofBatches;
  return sql`${ofBatches} union all (select j.created_by as value from job j where j.organization_id = ${organizationId} order by j.id desc limit ${READ})`;
}

const tagsOfBatches = (organizationId: string): Sql =>
  sql`select t.tag as value from (select b.metadata from batch b where b.organization_id = ${organizationId} order by b.id desc limit ${READ}) as r
    cross join lateral ${tagsOf(sql`r.metadata`)} as t where r.metadata is not null`;

const tagsOfJobs = (organizationId: string): Sql =>
  sql`select t.tag as value from (select j.metadata from job j where j.organization_id = ${organizationId} order by j.id desc limit ${READ}) as r
    cross join lateral ${tagsOf(sql`r.metadata`)} as t where r.metadata is not null`;
