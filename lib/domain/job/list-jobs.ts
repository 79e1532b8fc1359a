import type { JobDto, ListJobsQuery } from '@/lib/contracts/job';
import { isId, pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { likePattern } from '@/lib/domain/like';
import { JOB_SELECT, type JobRow, toJobDto } from './rows';

/** Jobs of the organisation, newest first, by cursor (the last id of the page before) or by offset. */
export async function listJobs(
  context: Context,
  query: ListJobsQuery,
): Promise<{ jobs: JobDto[]; nextCursor: string | null }> {
  if (query.batchId !== undefined && !isId(query.batchId)) return { jobs: [], nextCursor: null };
  const where = ['j.organization_id = $1'];
  const values: unknown[] = [context.organizationId];
  const add = (condition: (p: string) => string, value: unknown) => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (query.type) add((p) => `j.type = ${p}`, query.type);
  if (query.status) add((p) => `j.status = any(${p}::text[])`, query.status);
  if (query.batchId) add((p) => `j.batch_id = ${p}::uuid`, query.batchId);
  if (query.q) {
    const exact = isId(query.q) ? query.q : null;
    add((p) => `(j.id = ${p}::uuid or ${exact ? 'false' : 'true'})`, exact);
    if (!exact) add((p) => `(j.name ilike ${p} or j.type ilike ${p})`, likePattern(query.q));
  }
  if (query.cursor && isId(query.cursor)) add((p) => `j.id < ${p}::uuid`, query.cursor);
  values.push(query.limit + 1, query.cursor ? 0 : (query.offset ?? 0));
  const { rows } = await pool().query<JobRow>(
    `${JOB_SELECT} where ${where.join(' and ')} order by j.id desc limit $${values.length - 1} offset $${values.length}`,
    values,
  );
  const page = rows.slice(0, query.limit);
  return { jobs: page.map(toJobDto), nextCursor: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}
