import type { JobLogLine, JobProgress } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** Writes the progress of running attempts. A stale attempt writes nothing. */
export async function recordProgress(updates: { id: string; attempt: number; progress: JobProgress }[]): Promise<void> {
  await pool().query(
    sql`update job j set progress = u.progress::json
     from unnest(${updates.map((u) => u.id)}::uuid[], ${updates.map((u) => u.attempt)}::int[], ${updates.map((u) => stringifyJson(u.progress))}::text[]) as u(id, attempt, progress)
     where j.id = u.id and j.attempt = u.attempt and j.status = 'active'`,
  );
}

/** Appends log lines of attempts. */
export async function appendLogs(lines: ({ jobId: string } & JobLogLine)[]): Promise<void> {
  await pool().query(
    sql`insert into job_log (job_id, attempt, at, level, message)
     select * from unnest(${lines.map((l) => l.jobId)}::uuid[], ${lines.map((l) => l.attempt)}::int[], ${lines.map((l) => l.at)}::timestamptz[], ${lines.map((l) => l.level)}::text[], ${lines.map((l) => l.message.replaceAll('\u0000', '\uFFFD'))}::text[])`,
  );
}
