import type { AttemptDto, JobDetailDto, JobDto } from '@/lib/contracts/job';
import { isId, pool, prisma } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { JOB_SELECT, type JobRow, toJobDto } from './rows';

async function readRows(context: Context, ids: string[]): Promise<JobRow[]> {
  const { rows } = await pool().query<JobRow>(`${JOB_SELECT} where j.id = any($1::uuid[]) and j.organization_id = $2`, [
    ids,
    context.organizationId,
  ]);
  return rows;
}

/** Those of the given jobs that exist in the organisation. */
export async function getJobs(context: Context, jobIds: string[]): Promise<JobDto[]> {
  const ids = jobIds.filter(isId);
  return ids.length === 0 ? [] : (await readRows(context, ids)).map(toJobDto);
}

/** One job with its attempts. @throws `not-found` */
export async function getJob(context: Context, jobId: string): Promise<JobDetailDto> {
  const [row] = isId(jobId) ? await readRows(context, [jobId]) : [];
  if (!row) throw notFound('job', jobId);
  const stored = await prisma().attempt.findMany({ where: { jobId }, orderBy: { attempt: 'asc' } });
  const attempts = stored.map(
    (a): AttemptDto => ({
      attempt: a.attempt,
      outcome: a.outcome as AttemptDto['outcome'],
      startedAt: a.startedAt.toISOString(),
      finishedAt: a.finishedAt.toISOString(),
      error: a.error as unknown as AttemptDto['error'],
    }),
  );
  // Only attempts that ended badly have a row of their own; a good or a running one is told by the job's row.
  if (row.started_at && (row.status === 'active' || row.status === 'completed')) {
    attempts.push({
      attempt: row.attempt,
      outcome: row.status,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      error: null,
    });
  }
  return { ...toJobDto(row), attempts, batchName: row.batch_name };
}
