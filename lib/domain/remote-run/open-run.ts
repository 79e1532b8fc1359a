import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';

/** What a job started elsewhere, as far as it is known. */
export interface RemoteRun {
  jobId: string;
  endpoint: string;
  /** counts what was started for this job, from 0 */
  round: number;
  /** ids of what was uploaded, by use */
  files: Record<string, string>;
  remoteId: string | null;
}

/**
 * The remote work of a job, to be gone on with. If there is none, or the last has ended, a new one begins: with
 * nothing uploaded and nothing started.
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
