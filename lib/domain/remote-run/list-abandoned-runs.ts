import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

export interface AbandonedRun {
  jobId: string;
  /** null where the job is gone */
  correlationId: string | null;
  organizationId: string;
  endpoint: string;
  remoteId: string | null;
  files: Record<string, string>;
}

/**
 * Remote work whose job has ended, or is gone, without saying that the remote work has: a job that was cancelled while
 * no worker held it, say. Bounded; the rest is found the next time. Forgets what ended long ago with its job.
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
