import type { JobSummaryDto, SearchedDto } from '@/lib/contracts/job';
import type { ListJobsQuery } from '@/lib/contracts/job-queries';
import { isTerminal } from '@/lib/contracts/status';
import { likePattern } from '@/lib/db/expressions';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { openScope, requireQuery, termsOf } from '@/lib/domain/query/scope';
import { searchJobs } from '@/lib/domain/query/search-jobs';
import { seesName } from '@/lib/domain/query/seen-names';
import { openDoor } from '@/lib/domain/redaction/door';
import { SUMMARY_SELECT, type SummaryRow, toListedJob } from './job-row';

/**
 * Lists jobs of the organization, newest first, by cursor (the last id of the previous page) or by offset. With a
 * `query` it returns how far it searched.
 * @throws DomainError `invalid-query`, and `forbidden` for a query over contents that the caller may not see
 */
export async function listJobs(
  context: Context,
  query: ListJobsQuery,
): Promise<{ jobs: JobSummaryDto[]; nextCursor: string | null; searched?: SearchedDto }> {
  requirePermission(context, 'job.see');
  if (query.query !== undefined) return findJobs(context, query, query.query);
  if (query.batchId !== undefined && !isId(query.batchId)) return { jobs: [], nextCursor: null };
  const door = await openDoor(context);
  const where = [sql`j.organization_id = ${context.organizationId}`];
  if (query.type) where.push(sql`j.type = ${query.type}`);
  if (query.batchId) where.push(sql`j.batch_id = ${query.batchId}::uuid`);
  if (query.q && isId(query.q)) where.push(sql`j.id = ${query.q}::uuid`);
  else if (query.q) {
    const pattern = likePattern(query.q);
    // The id that an external client assigned must match exactly, because its index supports only equality.
    const outside = sql`j.id in (select a.job_id from adopted a where a.queue_job_id = ${query.q.trim()})`;
    where.push(sql`((j.name ilike ${pattern} and ${seesName(door)}) or j.type ilike ${pattern} or ${outside})`);
  }
  if (query.cursor && isId(query.cursor)) where.push(sql`j.id < ${query.cursor}::uuid`);
  const offset = query.cursor ? 0 : (query.offset ?? 0);
  const most = offset + query.limit + 1;
  const ids = chooseIds(context, query, sql.join(where, ' and '), most);
  const { rows } = await pool().query<SummaryRow>(
    sql`${SUMMARY_SELECT} where j.id in (${ids}) order by j.id desc limit ${most} offset ${offset}`,
  );
  const page = rows.slice(0, query.limit);
  return {
    jobs: page.map((row) => toListedJob(row, door)),
    nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** Lists the jobs that match a query, and the other parameters as terms of it. */
async function findJobs(context: Context, params: ListJobsQuery, text: string) {
  const given = requireQuery(text, 'jobs');
  const scope = await openScope(context, given, 'jobs');
  const offset = params.cursor ? 0 : (params.offset ?? 0);
  const page = { cursor: params.cursor, limit: params.limit + offset };
  const found = await searchJobs({ terms: [...given.terms, ...termsOf(params)] }, scope, page);
  const { rows } = await pool().query<SummaryRow>(
    sql`${SUMMARY_SELECT} where j.id = any(${found.ids.slice(offset)}::uuid[]) order by j.id desc`,
  );
  const { nextCursor, searched } = found;
  return { jobs: rows.map((row) => toListedJob(row, scope.door)), nextCursor, searched };
}

/** Returns a query for the ids of the page that uses the best index for the requested states. */
function chooseIds({ organizationId }: Context, query: ListJobsQuery, where: Sql, most: number): Sql {
  const newest = (source: Sql, condition: Sql) =>
    sql`(select j.id from ${source} where ${where} ${condition} order by j.id desc limit ${most})`;
  if (!query.status) return newest(sql`job j`, sql``);
  const parts = query.status.filter(isTerminal).map((s) => newest(sql`job j`, sql`and j.outcome = ${s}`));
  const open = query.status.filter((s) => !isTerminal(s));
  const inFlight = open.filter((s) => s !== 'pending');
  // Waiting rows belong to unfinished batches, of which there are few, or are single jobs.
  const waiting = (due: Sql) =>
    sql`(select j.id from batch b cross join lateral (
        select j.id from job j where j.batch_id = b.id and j.outcome is null and j.status = 'pending' and ${where}
        order by j.item_index desc limit ${most}) j
      where b.organization_id = ${organizationId} and b.finished_at is null and ${due})`;
  if (inFlight.length > 0) parts.push(newest(sql`in_flight j`, sql`and j.status = any(${inFlight}::text[])`));
  if (open.includes('pending')) {
    parts.push(
      waiting(sql`(b.not_before is null or b.not_before <= now())`),
      newest(sql`job j`, sql`and j.batch_id is null and j.outcome is null and j.status = 'pending'`),
    );
  }
  if (open.includes('delayed')) parts.push(waiting(sql`b.not_before > now()`));
  return sql.join(parts, ' union all ');
}
