import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import type { Pattern, Query, Term } from '@/lib/query/query';
import { contains, isExactlyOneOf, isLike, isOneOf, isSeen, literalsOf } from './patterns';
import type { SearchScope } from './scope';
import { durationCondition, momentCondition, tagsOf } from './values';

/** Compiles a query to an SQL condition on the rows `b` of the table `batch`, bound to the organization. */
export function compileBatchQuery(query: Query, scope: SearchScope): Sql {
  const conditions = [sql`b.organization_id = ${scope.organizationId}`];
  for (const term of query.terms) {
    const condition = termCondition(term, scope);
    conditions.push(term.not ? sql`(${condition}) is not true` : sql`(${condition})`);
  }
  return sql.join(conditions, ' and ');
}

function termCondition(term: Term, scope: SearchScope): Sql {
  switch (term.field) {
    case 'status':
      return sql`b.status = any(${literalsOf(term.any)}::text[])`;
    case 'is':
      return sql.join(
        literalsOf(term.any).map((state) => stateCondition(state)),
        ' or ',
      );
    case 'type':
      return isExactlyOneOf(sql`b.type`, term.any);
    case 'batch':
      return sql`${hasId(literalsOf(term.any))} or (${isOneOf(sql`b.name`, term.any)} and ${isSeen(sql`b.name`, scope.door)})`;
    case 'id':
      return hasId(literalsOf(term.any));
    case 'by':
      return isOneOf(sql`b.created_by`, term.any);
    case 'tag':
      return sql`b.metadata is not null and exists (select from ${tagsOf(sql`b.metadata`)} as t where ${isOneOf(sql`t.tag`, term.any)})`;
    case 'error':
      return isLike(sql`b.stop_reason`, term.pattern);
    case 'name':
      return sql`${isLike(sql`b.name`, term.pattern)} and ${isSeen(sql`b.name`, scope.door)}`;
    case 'created':
      return momentCondition(sql`b.created_at`, term.test, scope.now);
    case 'finished':
      return momentCondition(sql`b.finished_at`, term.test, scope.now);
    case 'took':
      return durationCondition(sql`b.started_at`, sql`b.finished_at`, term.test);
    case 'text':
      return wordCondition(term.pattern, scope);
    default:
      // The parser refuses the other fields, which batches don't have.
      return sql`false`;
  }
}

/** A batch without failed items has nothing dead in it. */
function stateCondition(state: string): Sql {
  if (state === 'dead') return sql`b.failed > 0`;
  return state === 'paused' ? sql`(b.paused and b.finished_at is null)` : sql`b.queued_at is not null`;
}

const hasId = (given: readonly string[]): Sql => sql`b.id = any(${given.filter(isId)}::uuid[])`;

function wordCondition(pattern: Pattern, { searchesContents, door }: SearchScope): Sql {
  const named = sql`(${contains(sql`b.name`, pattern)} and ${isSeen(sql`b.name`, door)})`;
  return searchesContents ? sql`${named} or ${contains(sql`b.stop_reason`, pattern)}` : named;
}
