import type { JobLogLine, JobLogs } from '@/lib/contracts/job';
import type { JobLogsQuery } from '@/lib/contracts/job-queries';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePayloads, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';

const MOST = 5000;

/** A row of `job_log`; the id is a bigint, so a text. */
export interface LogRow {
  id: string;
  attempt: number;
  at: Date;
  level: JobLogLine['level'];
  message: string;
}

/**
 * Reads the log lines of a job's attempts, in order. The cursor is the id of the last line of the page before.
 * @throws DomainError `forbidden`, `not-found`
 */
export async function readJobLogs(
  context: Context,
  jobId: string,
  { cursor = '0', limit = MOST }: Partial<JobLogsQuery> = {},
): Promise<JobLogs> {
  requirePermission(context, 'job.see');
  requirePayloads(context, 'read the log of a job');
  const door = await openDoor(context);
  if (!isId(jobId)) throw notFound('job', jobId);
  // Before the lines: an attempt writes its last ones before its end is visible.
  const { rows: found } = await pool().query<{ ended: boolean }>(
    sql`select outcome is not null as ended from job where id = ${jobId}::uuid and organization_id = ${context.organizationId}`,
  );
  const [job] = found;
  if (!job) throw notFound('job', jobId);
  const { rows } = await pool().query<LogRow>(
    sql`select id::text, attempt, at, level, message from job_log
      where job_id = ${jobId}::uuid and id > ${cursor}::bigint order by job_id, job_log.id limit ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  const tail = page.at(-1)?.id ?? cursor;
  return {
    lines: page.map((row) => toLogLine(row, door.message(row.message))),
    nextCursor: rows.length > limit ? tail : null,
    tail,
    ended: job.ended,
  };
}

/** @param shown the message as the caller may see it */
export const toLogLine = ({ at, level, attempt }: LogRow, shown: string): JobLogLine => ({
  at: at.toISOString(),
  level,
  message: shown,
  attempt,
});
