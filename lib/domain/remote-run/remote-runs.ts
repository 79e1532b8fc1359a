import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';

/** The known state of the work that a job started on a remote system. */
export interface RemoteRun {
  jobId: string;
  endpoint: string;
  /** how many remote runs this job had before, from 0 */
  round: number;
  /** ids of uploaded files, by use */
  files: Record<string, string>;
  remoteId: string | null;
}

/**
 * Returns the remote run of a job, to continue it. If there is none, or the last one has ended, it creates one without
 * uploads.
 */
export async function openRun(context: Context, jobId: string, endpoint: string): Promise<RemoteRun> {
  const { rows } = await pool().query<RemoteRun>(
    sql`insert into remote_run as r (job_id, organization_id, endpoint) values (${jobId}, ${context.organizationId}, ${endpoint})
     on conflict (job_id) do update set
       round = r.round + case when r.ended_at is null then 0 else 1 end,
       endpoint = case when r.ended_at is null then r.endpoint else excluded.endpoint end,
       files = case when r.ended_at is null then r.files else '{}' end,
       remote_id = case when r.ended_at is null then r.remote_id end,
       ended_at = null
     where r.organization_id = excluded.organization_id
     returning job_id as "jobId", endpoint, round, files, remote_id as "remoteId"`,
  );
  const run = rows[0];
  if (!run) throw new Error(`The remote work of job ${jobId} belongs to another organization.`);
  return run;
}

/**
 * Stores the ids of uploaded files and of the remote job. Call it right after each step, so that a retry finds the ids.
 */
export async function saveRun(
  context: Context,
  jobId: string,
  known: { files?: Record<string, string>; remoteId?: string },
): Promise<void> {
  await pool().query(
    sql`update remote_run set files = coalesce(${known.files ? JSON.stringify(known.files) : null}::json, files), remote_id = coalesce(${known.remoteId ?? null}, remote_id)
     where job_id = ${jobId} and organization_id = ${context.organizationId}`,
  );
}

/** Marks the remote run as ended, whatever the outcome: a retry of its job starts a new one. */
export async function endRun(context: Context, jobId: string): Promise<void> {
  await pool().query(
    sql`update remote_run set ended_at = coalesce(ended_at, now()) where job_id = ${jobId} and organization_id = ${context.organizationId}`,
  );
}

export interface AbandonedRun {
  jobId: string;
  /** null if the job was deleted */
  correlationId: string | null;
  organizationId: string;
  endpoint: string;
  remoteId: string | null;
  files: Record<string, string>;
}

/**
 * Lists remote runs that are still open although their job has ended or was deleted, such as a job that was cancelled
 * while no worker ran it. 20 at most; the next call lists the others. Deletes ended runs of deleted jobs.
 */
export async function listAbandonedRuns(): Promise<AbandonedRun[]> {
  await pool().query(
    sql`delete from remote_run r where ended_at is not null and not exists (select from job j where j.id = r.job_id)`,
  );
  const { rows } = await pool().query<AbandonedRun>(
    sql`select r.job_id as "jobId", j.correlation_id as "correlationId", r.organization_id as "organizationId", r.endpoint, r.remote_id as "remoteId", r.files
     from remote_run r left join job j on j.id = r.job_id
     where r.ended_at is null and r.created_at < now() - interval '1 minute'
       and (j.id is null or j.outcome is not null) limit 20`,
  );
  return rows;
}
