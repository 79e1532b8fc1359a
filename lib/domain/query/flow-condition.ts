import { readableJson } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import type { Pattern, Query, Term } from '@/lib/query/query';
import { contains, isExactlyOneOf, isLike, isOneOf, isSeen, literalsOf } from './patterns';
import type { SearchScope } from './scope';
import { durationCondition, momentCondition } from './values';

/** Compiles a query to an SQL condition on the rows `f` of the table `flow`, bound to the organization. */
export function compileFlowQuery(query: Query, scope: SearchScope): Sql {
  const conditions = [sql`f.organization_id = ${scope.organizationId}`];
  for (const term of query.terms) {
    const condition = termCondition(term, scope);
    conditions.push(term.not ? sql`(${condition}) is not true` : sql`(${condition})`);
  }
  return sql.join(conditions, ' and ');
}

const STARTED = sql`exists (select from job j where j.flow_id = f.id and (j.outcome is not null or j.started_at is not null))`;

/** SQL condition on a flow `f`. Finished ones store their status; of an open one the nodes decide whether it has started. */
export function flowStatusIs(status: string): Sql {
  if (status === 'pending') return sql`(f.finished_at is null and not ${STARTED})`;
  if (status === 'in-progress') return sql`(f.finished_at is null and ${STARTED})`;
  return sql`f.status = ${status}`;
}

const ERROR = readableJson(sql`j.error`);
const STARTED_AT = sql`(select min(j.started_at) from job j where j.flow_id = f.id)`;

function termCondition(term: Term, scope: SearchScope): Sql {
  switch (term.field) {
    case 'status':
      return sql.join(
        literalsOf(term.any).map((status) => flowStatusIs(status)),
        ' or ',
      );
    case 'is':
      return sql`f.status = 'failed'`;
    case 'type':
      return sql`exists (select from unnest(f.types) as t(type) where ${isExactlyOneOf(sql`t.type`, term.any)})`;
    case 'id':
      return sql`f.id = any(${literalsOf(term.any).filter(isId)}::uuid[]) or f.id in (select j.flow_id from job j where j.id = any(${literalsOf(term.any).filter(isId)}::uuid[]))`;
    case 'by':
      return isOneOf(sql`f.created_by`, term.any);
    case 'error':
      return sql`exists (select from job j where j.flow_id = f.id and j.outcome = 'failed'
        and (${isLike(sql`${ERROR} ->> 'message'`, term.pattern)} or ${isLike(sql`${ERROR} ->> 'code'`, term.pattern)}))`;
    case 'name':
      return sql`${isLike(sql`f.name`, term.pattern)} and ${isSeen(sql`f.name`, scope.door)}`;
    case 'created':
      return momentCondition(sql`f.created_at`, term.test, scope.now);
    case 'finished':
      return momentCondition(sql`f.finished_at`, term.test, scope.now);
    case 'took':
      return durationCondition(STARTED_AT, sql`f.finished_at`, term.test);
    case 'text':
      return wordCondition(term.pattern, scope);
    default:
      // The parser refuses the other fields, which flows don't have.
      return sql`false`;
  }
}

function wordCondition(pattern: Pattern, { searchesContents, door }: SearchScope): Sql {
  const named = sql`(${contains(sql`f.name`, pattern)} and ${isSeen(sql`f.name`, door)})`;
  if (!searchesContents) return named;
  return sql`${named} or exists (select from job j where j.flow_id = f.id and j.outcome = 'failed' and ${contains(sql`${ERROR} ->> 'message'`, pattern)})`;
}
