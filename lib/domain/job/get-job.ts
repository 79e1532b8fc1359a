import type { AttemptDto, JobDetailDto, JobDto, JobSummaryDto } from '@/lib/contracts/job';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { type Sql, sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { errorAt, openDoor } from '@/lib/domain/redaction/door';
import { codeVersionOf, readOfferedVersions } from '@/lib/domain/worker/code-version';
import { findDiscarder } from './find-discarder';
import { JOB_SELECT, type JobRow, SUMMARY_SELECT, type SummaryRow, toJobDto, toJobSummary } from './job-row';

async function readRows<R extends JobRow | SummaryRow>(select: Sql, context: Context, ids: string[]): Promise<R[]> {
  if (ids.length === 0) return [];
  const { rows } = await pool().query<R>(
    sql`${select} where j.id = any(${ids}::uuid[]) and j.organization_id = ${context.organizationId}`,
  );
  return rows;
}

/**
 * Returns those of the given jobs that exist in the organization, with inputs and results, to whoever may act on them.
 * Only for a few jobs.
 */
export async function loadJobs(context: Context, jobIds: string[]): Promise<JobDto[]> {
  const door = await openDoor(context);
  const rows = await readRows<JobRow>(JOB_SELECT, context, jobIds.filter(isId));
  return Promise.all(rows.map((row) => toJobDto(row, door)));
}

/** Returns those of the given jobs that exist in the organization, with previews. @throws DomainError `forbidden` */
export async function getJobSummaries(context: Context, jobIds: string[]): Promise<JobSummaryDto[]> {
  requirePermission(context, 'job.see');
  const door = await openDoor(context);
  const rows = await readRows<SummaryRow>(SUMMARY_SELECT, context, jobIds.filter(isId));
  return rows.map((row) => toJobSummary(row, door));
}

interface AttemptRow {
  attempt: number;
  run: number | null;
  outcome: AttemptDto['outcome'];
  started_at: Date;
  finished_at: Date;
  error: AttemptDto['error'];
  code_version: string | null;
}

async function readAttempts({ id, type }: JobRow): Promise<AttemptRow[]> {
  const { rows } = await pool().query<AttemptRow>(
    sql`select a.attempt, a.run, a.outcome, a.started_at, a.finished_at, a.error,
       ${codeVersionOf(sql`a.consumer_id`, sql`${type}::text`)} as code_version
     from attempt a where a.job_id = ${id} order by a.attempt`,
  );
  return rows;
}

/** Returns the version of the code that runs a job, or ran it last; null if that is not known. */
async function readCodeVersion(jobId: string): Promise<string | null> {
  const { rows } = await pool().query<{ version: string | null }>(
    sql`select ${codeVersionOf(sql`j.consumer_id`, sql`j.type`)} as version from job j where j.id = ${jobId}`,
  );
  return rows[0]?.version ?? null;
}

/** Returns how many of its steps another attempt would not repeat. */
async function countSteps(jobId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    sql`select count(*)::int as count from job_step where job_id = ${jobId}`,
  );
  return rows[0]?.count ?? 0;
}

/** Returns the id of an adopted job in its client's queue; null for all other jobs. */
async function readQueueJobId(jobId: string): Promise<string | null> {
  const { rows } = await pool().query<{ queue_job_id: string }>(
    sql`select queue_job_id from adopted where job_id = ${jobId} limit 1`,
  );
  return rows[0]?.queue_job_id ?? null;
}

/** Returns one job with its attempts. @throws `not-found` */
export async function getJob(context: Context, jobId: string): Promise<JobDetailDto> {
  requirePermission(context, 'job.see');
  const [row] = isId(jobId) ? await readRows<JobRow>(JOB_SELECT, context, [jobId]) : [];
  if (!row) throw notFound('job', jobId);
  const [stored, codeVersion, stepsRemembered, offeredVersions, externalId, discardedBy, door] = await Promise.all([
    readAttempts(row),
    readCodeVersion(jobId),
    countSteps(jobId),
    readOfferedVersions(row.type),
    readQueueJobId(jobId),
    findDiscarder(row),
    openDoor(context),
  ]);
  const run = 1 + Math.max(0, ...stored.map((a) => a.run ?? 0));
  const attempts = stored.map(
    (a): AttemptDto => ({
      attempt: a.attempt,
      run: a.run ?? run,
      outcome: a.outcome,
      startedAt: a.started_at.toISOString(),
      finishedAt: a.finished_at.toISOString(),
      error: errorAt(door, a.error),
      codeVersion: a.code_version,
    }),
  );
  // Only attempts that did not complete have rows of their own; a completed or running one is in the job's row.
  if (row.started_at && (row.status === 'active' || row.status === 'completed')) {
    attempts.push({
      attempt: row.attempt,
      run,
      outcome: row.status,
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
      error: null,
      codeVersion,
    });
  }
  return {
    ...(await toJobDto(row, door)),
    attempts,
    run,
    batchName: row.batch_name,
    discardedBy,
    externalId,
    stepsRemembered,
    offeredVersions,
  };
}
