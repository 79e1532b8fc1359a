import { MAX_CHOSEN_RESULTS } from '@/lib/contracts/bounds';
import { type Costs, costsOf } from '@/lib/contracts/costs';
import type { ChosenResults } from '@/lib/contracts/results';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { fieldsOfRows, resultFields } from '@/lib/domain/batch/results/result-columns';
import { atDoor, type OutcomeRow } from '@/lib/domain/batch/stream-results';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { openScope, requireQuery, type SearchScope } from '@/lib/domain/query/scope';
import { searchJobs } from '@/lib/domain/query/search-jobs';
import type { Door } from '@/lib/domain/redaction/door';
import { isJobType } from '@/lib/job-types/catalogue';
import type { Query } from '@/lib/query/query';
import { SHOWN_STATUS } from './job-row';

/** Milliseconds that the search for the jobs may take. */
const SEARCH_MS = 45_000;
/** Milliseconds of one statement: each is a transaction, so many small ones cost more. */
const SLICE_MS = 1_000;
/** Jobs that are read at once. */
const PAGE = 500;

interface ChosenStream {
  /** how many have warnings */
  warned: number;
  costs: Costs;
  /** the fields of their inputs and results */
  fields: () => Promise<{ input: string[]; result: string[] }>;
  pages: AsyncGenerator<OutcomeRow[]>;
}

/**
 * Streams the outcomes of jobs that a query finds, or that were picked, in the order in which they were made. The jobs
 * are chosen first, so a download has all of them or is refused.
 * @throws DomainError `forbidden`, `invalid-query`, `limit-exceeded` for more than 100,000 jobs, `unavailable` if the
 *   search did not come to its end
 */
export async function streamChosenResults(
  context: Context,
  { query: text, jobIds = [] }: Pick<ChosenResults, 'query' | 'jobIds'>,
  most = MAX_CHOSEN_RESULTS,
): Promise<ChosenStream> {
  requirePermission(context, 'job.see');
  requirePayloads(context, 'download results');
  const query = text === undefined ? { terms: [] } : requireQuery(text, 'jobs');
  const scope = await openScope(context, query, 'jobs');
  const asked = text === undefined ? jobIds.filter(isId) : await findIds(query, scope, most);
  const { rows } = await pool().query<{
    id: string;
    type: string;
    warned: boolean;
    tokens: number | null;
    usd: number | null;
  }>(
    sql`select j.id, j.type, j.warnings is not null as warned, j.cost_tokens::float8 as tokens, j.cost_usd::float8 as usd from job j
     where j.organization_id = ${context.organizationId} and j.id = any(${asked}::uuid[]) order by j.id`,
  );
  const ids = rows.map(({ id }) => id);
  const types = [...new Set(rows.map(({ type }) => type))].filter(isJobType);
  return {
    warned: rows.filter(({ warned }) => warned).length,
    costs: costsOf(sumOf(rows, 'tokens'), sumOf(rows, 'usd')),
    fields: async () => ({
      input: await fieldsOfRows(sql`id = any(${ids}::uuid[])`, types, types.length > 1),
      result: [...new Set(types.flatMap(resultFields))],
    }),
    pages: pages(ids, scope.door),
  };
}

const sumOf = <Unit extends string>(rows: readonly Record<Unit, number | null>[], unit: Unit): number =>
  rows.reduce((sum, row) => sum + (row[unit] ?? 0), 0);

async function findIds(query: Query, scope: SearchScope, most: number): Promise<string[]> {
  const ids: string[] = [];
  const until = performance.now() + SEARCH_MS;
  let cursor: string | undefined;
  do {
    const limitMs = until - performance.now();
    if (limitMs <= 0) throw tooSlow();
    const found = await searchJobs(query, scope, { cursor, limit: most - ids.length + 1, limitMs, sliceMs: SLICE_MS });
    ids.push(...found.ids);
    if (ids.length > most) throw tooMany(most);
    cursor = found.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

const tooSlow = () =>
  new DomainError(
    'unavailable',
    'The jobs could not be found in 45 s, so nothing was downloaded. Add a status, a type, a batch or a time to the query.',
  );

const tooMany = (most: number) =>
  new DomainError(
    'limit-exceeded',
    `More than ${most.toLocaleString('en')} jobs match. Download the results of a whole batch on its page, or add a status, a batch or a time to the query.`,
  );

type ChosenRow = OutcomeRow & NonNullable<OutcomeRow['of']>;

/** A job that was deleted meanwhile is left out. */
async function* pages(ids: readonly string[], door: Door): AsyncGenerator<OutcomeRow[]> {
  for (let at = 0; at < ids.length; at += PAGE) {
    const { rows } = await pool().query<ChosenRow>(
      sql`select j.id as "jobId", j.batch_id as "batchId", j.type, j.item_index as index, ${SHOWN_STATUS} as status, j.data as input,
         j.result, j.error, j.warnings, j.cost_tokens::float8 as tokens, j.cost_usd::float8 as usd
       from job j left join batch b on b.id = j.batch_id where j.id = any(${ids.slice(at, at + PAGE)}::uuid[]) order by j.id`,
    );
    yield await Promise.all(
      rows.map(({ jobId, batchId, type, ...row }) => atDoor({ ...row, of: { jobId, batchId, type } }, door)),
    );
  }
}
