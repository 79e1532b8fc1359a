import { env } from '@/lib/config/env';
import { MAX_QUERIED_ITEMS } from '@/lib/contracts/scheduled-launch';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { LaunchItem } from '@/lib/domain/batch/check-items';
import { type Context, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { jobSource } from '@/lib/domain/query/job-source';
import { openScope, requireQuery, type SearchScope } from '@/lib/domain/query/scope';
import { readSlice, searchBack } from '@/lib/domain/query/search-back';
import { matchesOf, searchPhases } from '@/lib/domain/query/search-jobs';
import { requireUnredacted } from '@/lib/domain/redaction/door';
import type { Field, Query } from '@/lib/query/query';

/** Milliseconds of one statement: each is a transaction, so many small ones cost more. */
const SLICE_MS = 1_000;
/** Inputs that one statement reads. */
const READ = 1_000;

/** The jobs whose inputs are the items of a batch. */
export interface QueriedJobs {
  /** oldest first */
  ids: string[];
  /** older ones match too, or were not searched */
  more: boolean;
  /** everything was searched, or as many were found as are launched */
  ended: boolean;
}

/** The jobs of a query as of a moment. */
interface Found {
  type: string;
  query: string;
  /** ages count from it, and jobs that were made later are left out, so that each firing finds its own; milliseconds since 1970 */
  at: number;
  /** milliseconds */
  limitMs: number;
}

/**
 * Parses the query of a schedule for somebody who may have the inputs of what it finds launched.
 * @throws DomainError `invalid-query`, `forbidden`
 */
export async function requireItemsQuery(context: Context, text: string): Promise<Query> {
  requirePermission(context, 'job.see');
  const query = requireQuery(text, 'jobs');
  await openScope(context, query, 'jobs');
  await requireUnredacted(context, 'launch the inputs of jobs that a query finds');
  return query;
}

/** Finds the newest jobs of a type that match. @param context somebody who may see all of their contents */
export async function findQueried(context: Context, { type, query, at, limitMs }: Found): Promise<QueriedJobs> {
  const given = requireQuery(query, 'jobs', at);
  const until: Query['terms'][number] = {
    field: 'created',
    not: false,
    test: { range: { to: { text: new Date(at).toISOString(), inclusive: true } } },
  };
  const whole: Query = { terms: [...given.terms, { field: 'type', not: false, any: [[type]] }, until] };
  const scope: SearchScope = await openScope(context, whole, 'jobs', at);
  const most = Math.min(MAX_QUERIED_ITEMS, env().MAX_BATCH_ITEMS);
  const end = performance.now() + limitMs;
  const ids: string[] = [];
  let [more, ended] = [false, true];
  for (const phase of await searchPhases(whole, scope)) {
    const {
      ids: found,
      nextCursor,
      searched,
    } = await searchBack({
      cursor: undefined,
      most: most - ids.length + 1,
      exact: true,
      limitMs: Math.max(0, end - performance.now()),
      sliceMs: SLICE_MS,
      read: (cursor, size) =>
        readSlice(
          scope.organizationId,
          sql`select count(*)::int as read, min(j.id::text) as last,
            array_agg(j.id order by j.id desc) filter (where ${matchesOf(whole, scope, phase.without)}) as found
          from (${jobSource(phase.source, scope, cursor, size)}) as j`,
        ),
    });
    ids.push(...found);
    more ||= nextCursor !== null;
    ended &&= searched.all;
    if (more) break;
  }
  return { ids: ids.sort(), more, ended };
}

/** Reads the inputs of jobs. Those that were deleted meanwhile are left out. */
export async function* itemsOfJobs({ organizationId }: Context, ids: readonly string[]): AsyncGenerator<LaunchItem> {
  let row = 0;
  for (let from = 0; from < ids.length; from += READ) {
    const { rows } = await pool().query<{ data: unknown }>(
      sql`select j.data from job j where j.organization_id = ${organizationId}
        and j.id = any(${ids.slice(from, from + READ)}::uuid[]) order by j.id`,
    );
    for (const { data } of rows) {
      row += 1;
      yield { row, data };
    }
  }
}

/** @throws DomainError `limit-exceeded` */
export function requireEnded({ ended }: QueriedJobs): void {
  if (ended) return;
  throw new DomainError(
    'limit-exceeded',
    'The search for the jobs to launch took too long. Add a status, a batch, a searchable field or a time to the query.',
  );
}

/** What a query restricts to one time or batch finds something else at each firing. */
const NARROWING: readonly Field[] = ['created', 'finished', 'batch', 'id'];

/** Returns what somebody should know about a query that each firing repeats; undefined if there is nothing. */
export const noteOf = ({ terms }: Query): string | undefined =>
  terms.some(({ field, not }) => NARROWING.includes(field) && !not)
    ? undefined
    : 'Each firing launches everything that still matches, so also what an earlier one launched. Add a time, such as created:>1d, to launch only what is new.';
