import type { JobLogLine, JobProgress } from '@/lib/contracts/job';
import { stringifyJson } from '@/lib/contracts/json';
import { pool } from '@/lib/db/pool';

/** Writes how far running attempts are; a stale attempt writes nothing. */
export async function recordProgress(updates: { id: string; attempt: number; progress: JobProgress }[]): Promise<void> {
  await pool().query(
    `update job j set progress = u.progress::json
     from unnest($1::uuid[], $2::int[], $3::text[]) as u(id, attempt, progress)
     where j.id = u.id and j.attempt = u.attempt and j.status = 'active'`,
    [updates.map((u) => u.id), updates.map((u) => u.attempt), updates.map((u) => stringifyJson(u.progress))],
  );
}

/** Appends what attempts said. */
export async function appendLogs(lines: ({ jobId: string } & JobLogLine)[]): Promise<void> {
  await pool().query(
    `insert into job_log (job_id, attempt, at, level, message)
     select * from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::text[], $5::text[])`,
    [
      lines.map((l) => l.jobId),
      lines.map((l) => l.attempt),
      lines.map((l) => l.at),
      lines.map((l) => l.level),
      // Postgres text holds no NUL
      lines.map((l) => l.message.replaceAll('\u0000', '\uFFFD')),
    ],
  );
}
