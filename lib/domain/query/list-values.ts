import { type ListValuesQuery, MAX_VALUES, type ValueField, type ValueList } from '@/lib/contracts/query-values';
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
  const sources = SOURCES[field](of, organizationId, await openDoor(context));
  if (sources.length === 0) return { values: [] };
  const found = await withinLimit(organizationId, (db) =>
    db.query<{ value: string; count: number }>(
      sql`select v.value, count(*)::int as count from (${sql.join(sources, ' union all ')}) as v
        where v.value <> '' and v.value ilike ${likePattern(value)}
        group by v.value order by starts_with(lower(v.value), lower(${value}::text)) desc, count(*) desc, v.value limit ${MAX_VALUES}`,
    ),
  );
  return { values: found?.rows ?? [] };
}

const newest = (columns: Sql, table: Sql, organizationId: string, more = sql`true`): Sql =>
  sql`(select ${columns} from ${table} r where r.organization_id = ${organizationId} and ${more} order by r.id desc limit ${READ})`;

/** The rows whose `value` is counted, for each field; none where the caller may not see them. */
const SOURCES: Readonly<Record<ValueField, (of: QueryKind, organizationId: string, door: Door) => Sql[]>> = {
  by: (of, organizationId) => {
    const launchers = (table: Sql) =>
      sql`select r.created_by as value from ${newest(sql`r.created_by`, table, organizationId)} as r`;
    if (of === 'flows') return [launchers(sql`flow`)];
    // Items of batches were launched by who launched the batch.
    return of === 'batches' ? [launchers(sql`batch`)] : [launchers(sql`batch`), launchers(sql`job`)];
  },
  batch: (_, organizationId, door) => [
    sql`select r.name as value from ${newest(sql`r.name`, sql`batch`, organizationId)} as r where ${isSeen(sql`r.name`, door)}`,
  ],
  tag: (of, organizationId, door) => {
    if (!door.showsTags) return [];
    const tags = (table: Sql) =>
      sql`select t.tag as value from ${newest(sql`r.metadata`, table, organizationId)} as r, ${tagsOf(sql`r.metadata`)} as t where r.metadata is not null`;
    return of === 'batches' ? [tags(sql`batch`)] : [tags(sql`batch`), tags(sql`job`)];
  },
  code: (_, organizationId) => [
    sql`select ${failureCode(sql`r.error`)} as value from ${newest(sql`r.error`, sql`job`, organizationId, sql`r.outcome = 'failed'`)} as r`,
  ],
};
