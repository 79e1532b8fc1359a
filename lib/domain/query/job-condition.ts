import { readableJson } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { type Sql, sql } from '@/lib/db/sql';
import { isAnything, type Pattern, type Query, type Term } from '@/lib/query/query';
import { codeCondition, failureGroupOf, IS_DEAD, reasonCondition } from './failure-condition';
import { contains, isExactlyOneOf, isLike, isOneOf, isSeen, jsonContains, literalsOf } from './patterns';
import type { SearchScope } from './scope';
import { seesName } from './seen-names';
import { countCondition, durationCondition, momentCondition, tagsOf, valueCondition } from './values';

/** SQL condition on the batch `b` of a job `j`. */
const ofBatch = (condition: Sql): Sql => sql`exists (select from batch b where b.id = j.batch_id and ${condition})`;

/**
 * Compiles a query to an SQL condition on the rows `j` of the table `job`, bound to the organization. Values are
 * parameters. Whether the caller may search so was decided by `openScope`.
 */
export function compileQuery(query: Query, scope: SearchScope): Sql {
  const conditions = [sql`j.organization_id = ${scope.organizationId}`];
  const group = failureGroupOf(query);
  if (group) conditions.push(group.condition);
  for (const term of query.terms) {
    if (group?.terms.includes(term)) continue;
    const condition = termCondition(term, scope);
    conditions.push(term.not ? sql`(${condition}) is not true` : sql`(${condition})`);
  }
  return sql.join(conditions, ' and ');
}

function termCondition(term: Term, scope: SearchScope): Sql {
  switch (term.field) {
    case 'status':
      return sql.join(
        literalsOf(term.any).map((status) => statusCondition(status)),
        ' or ',
      );
    case 'is':
      return sql.join(
        literalsOf(term.any).map((state) => stateCondition(state)),
        ' or ',
      );
    case 'type':
      return isExactlyOneOf(sql`j.type`, term.any);
    case 'batch':
      return batchCondition(term.any, scope);
    case 'id':
      return idCondition(literalsOf(term.any));
    case 'by':
      return isOneOf(sql`coalesce(j.created_by, (select b.created_by from batch b where b.id = j.batch_id))`, term.any);
    case 'tag':
      return tagCondition(term.any);
    case 'error':
      return sql`j.error is not null and (${isLike(sql`${ERROR} ->> 'message'`, term.pattern)} or ${isLike(sql`${ERROR} ->> 'code'`, term.pattern)})`;
    case 'reason':
      return reasonCondition(term.pattern);
    case 'code':
      return codeCondition(term.any);
    case 'name':
      return nameCondition(isLike(sql`j.name`, term.pattern), scope);
    case 'data':
    case 'result':
      return valueCondition(term);
    case 'created':
      return momentCondition(sql`j.created_at`, term.test, scope.now);
    case 'finished':
      return momentCondition(sql`j.finished_at`, term.test, scope.now);
    case 'took':
      return durationCondition(sql`j.started_at`, sql`j.finished_at`, term.test);
    case 'attempts':
      return countCondition(sql`j.attempts_made`, term.test);
    case 'item':
      return countCondition(sql`(j.item_index + 1)`, term.test);
    case 'text':
      return wordCondition(term.pattern, scope);
  }
}

const ERROR = readableJson(sql`j.error`);
const WAITS_FOR_START = ofBatch(sql`b.not_before > now()`);

function statusCondition(status: string): Sql {
  if (status === 'pending') return sql`(j.outcome is null and j.status = 'pending' and not ${WAITS_FOR_START})`;
  if (status === 'delayed') {
    return sql`(j.outcome is null and (j.status = 'delayed' or (j.status = 'pending' and ${WAITS_FOR_START})))`;
  }
  if (status === 'active' || status === 'waiting-children')
    return sql`(j.outcome is null and j.status = ${status}::text)`;
  return sql`j.outcome = ${status}::text`;
}

function stateCondition(state: string): Sql {
  if (state === 'dead') return IS_DEAD;
  if (state === 'paused') return sql`(j.outcome is null and ${ofBatch(sql`b.paused`)})`;
  return sql`(j.outcome is null and j.status = 'pending' and not ${ofBatch(sql`b.paused`)} and not ${WAITS_FOR_START})`;
}

/** A batch is named by its id or by its name. */
function batchCondition(any: readonly Pattern[], { organizationId, door }: SearchScope): Sql {
  if (any.some(isAnything)) return sql`j.batch_id is not null`;
  const ids = literalsOf(any).filter(isId);
  const named = sql`j.batch_id in (select b.id from batch b where b.organization_id = ${organizationId} and ${isOneOf(sql`b.name`, any)} and ${isSeen(sql`b.name`, door)})`;
  return ids.length === any.length
    ? sql`j.batch_id = any(${ids}::uuid[])`
    : sql`j.batch_id = any(${ids}::uuid[]) or ${named}`;
}

/** Of jobs that came over a queue, the id in the queue counts too. */
function idCondition(given: readonly string[]): Sql {
  const ids = given.filter(isId);
  return ids.length === given.length
    ? sql`j.id = any(${ids}::uuid[])`
    : sql`j.id = any(${ids}::uuid[]) or j.id in (select a.job_id from adopted a where a.queue_job_id = any(${given}::text[]))`;
}

function tagCondition(any: readonly Pattern[]): Sql {
  const own = sql`(j.metadata is not null and exists (select from ${tagsOf(sql`j.metadata`)} as t where ${isOneOf(sql`t.tag`, any)}))`;
  const inherited = ofBatch(
    sql`b.metadata is not null and exists (select from ${tagsOf(sql`b.metadata`)} as t where ${isOneOf(sql`t.tag`, any)})`,
  );
  return sql`${own} or ${inherited}`;
}

const nameCondition = (condition: Sql, { door }: SearchScope): Sql => sql`${condition} and ${seesName(door)}`;

function wordCondition(pattern: Pattern, scope: SearchScope): Sql {
  const named = nameCondition(contains(sql`j.name`, pattern), scope);
  if (!scope.searchesContents) return named;
  return sql`${named} or ${contains(sql`${ERROR} ->> 'message'`, pattern)} or ${contains(sql`${ERROR} ->> 'code'`, pattern)}
    or ${jsonContains(sql`j.data::text`, pattern)} or ${jsonContains(sql`j.result::text`, pattern)}`;
}
