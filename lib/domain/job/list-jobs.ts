import type { JobSummaryDto, ListJobsQuery } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { likePattern } from '@/lib/domain/like';
import { SUMMARY_SELECT, type SummaryRow, toListedJob } from './rows';

/** Jobs of the organization, newest first, by cursor (the last id of the page before) or by offset. */
export async function listJobs(
  context: Context,
  query: ListJobsQuery,
): Promise<{ jobs: JobSummaryDto[]; nextCursor: string | null }> {
  if (query.batchId !== undefined && !isId(query.batchId)) return { jobs: [], nextCursor: null };
  const values: unknown[] = [context.organizationId];
  const put = (value: unknown): string => `$${values.push(value)}`;
  const where = ['j.organization_id = $1'];
  if (query.type) where.push(`j.type = ${put(query.type)}`);
  if (query.batchId) where.push(`j.batch_id = ${put(query.batchId)}::uuid`);
  if (query.q && isId(query.q)) where.push(`j.id = ${put(query.q)}::uuid`);
  else if (query.q) {
    const pattern = put(likePattern(query.q));
    // The id that another client knows it by is found whole, through its own index.
    const outside = `j.id in (select a.job_id from adopted a where a.queue_job_id = ${put(query.q.trim())})`;
    where.push(`(j.name ilike ${pattern} or j.type ilike ${pattern} or ${outside})`);
  }
  if (query.cursor && isId(query.cursor)) where.push(`j.id < ${put(query.cursor)}::uuid`);
  const offset = query.cursor ? 0 : (query.offset ?? 0);
  const most = put(offset + query.limit + 1);
  const ids = chooseIds(query, where.join(' and '), most, put);
  const { rows } = await pool().query<SummaryRow>(
    `${SUMMARY_SELECT} where j.id in (${ids}) order by j.id desc limit ${most} offset ${put(offset)}`,
    values,
  );
  const page = rows.slice(0, query.limit);
  return {
    jobs: page.map((row) => toListedJob(row)),
    nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
  };
}

/** The ids of the page, found through the index that fits the states asked for. */
function chooseIds(query: ListJobsQuery, where: string, most: string, put: (value: unknown) => string): string {
  const newest = (source: string, condition: string) =>
    `(select j.id from ${source} where ${where} ${condition} order by j.id desc limit ${most})`;
  if (!query.status) return newest('job j', '');
  const parts = query.status.filter(isTerminal).map((s) => newest('job j', `and j.outcome = ${put(s)}`));
  const open = query.status.filter((s) => !isTerminal(s));
  const inFlight = open.filter((s) => s !== 'pending');
  // Waiting rows belong to unfinished batches, of which there are few, or are single jobs.
  const waiting = (held: string) =>
    `(select j.id from batch b cross join lateral (
        select j.id from job j where j.batch_id = b.id and j.outcome is null and j.status = 'pending' and ${where}
        order by j.item_index desc limit ${most}) j
      where b.organization_id = $1 and b.finished_at is null and ${held})`;
  if (inFlight.length > 0) parts.push(newest('in_flight j', `and j.status = any(${put(inFlight)}::text[])`));
  if (open.includes('pending')) {
    parts.push(
      waiting('(b.not_before is null or b.not_before <= now())'),
      newest('job j', `and j.batch_id is null and j.outcome is null and j.status = 'pending'`),
    );
  }
  if (open.includes('delayed')) parts.push(waiting('b.not_before > now()'));
  return parts.join(' union all ');
}
