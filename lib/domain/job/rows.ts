import type { JobError } from '@/lib/contracts/errors';
import type { Backoff, JobDto, JobProgress, JobWarning } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';

/** Of a job `j` and its batch `b`; see `isHeldBack`. */
export const SHOWN_STATUS = `case when j.status = 'pending' and b.not_before > now() then 'delayed' else j.status end`;

/**
 * A job with what it takes from its batch: while that waits for `delaySeconds`, its children are shown as delayed.
 * `data` and `result`: SQL expressions, for lists that leave out the large.
 */
export const jobSelect = (data: string, result: string): string => `
  select j.id, j.organization_id, j.type, ${SHOWN_STATUS} as status, j.batch_id, j.item_index, j.seq, j.attempt, j.attempts_made,
    j.max_attempts, j.priority, j.cancel_mode, case when j.status = 'pending' then coalesce(j.run_at, b.not_before) else j.run_at end as run_at, j.created_at, j.started_at, j.finished_at, j.name,
    j.description, coalesce(j.correlation_id, b.correlation_id) as correlation_id,
    coalesce(j.created_by, b.created_by) as created_by, j.backoff, j.progress, j.metadata, j.error, j.warnings,
    ${data} as data, ${result} as result, j.flow_id, j.parent_job_id, b.name as batch_name
  from job j left join batch b on b.id = j.batch_id`;

export const JOB_SELECT = jobSelect('j.data', 'j.result');

export interface JobRow {
  id: string;
  organization_id: string;
  type: string;
  status: JobStatus;
  batch_id: string | null;
  item_index: number | null;
  seq: number | null;
  attempt: number;
  attempts_made: number;
  max_attempts: number;
  priority: number;
  cancel_mode: string | null;
  run_at: Date | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  name: string | null;
  description: string | null;
  correlation_id: string | null;
  created_by: string | null;
  backoff: Backoff | null;
  progress: JobProgress | null;
  metadata: unknown;
  error: JobError | null;
  warnings: JobWarning[] | null;
  data: unknown;
  result: unknown;
  batch_name: string | null;
  flow_id: string | null;
  parent_job_id: string | null;
}

/** A row as the API gives it. */
export function toJobDto(row: JobRow): JobDto {
  const { started_at: started, finished_at: finished } = row;
  return {
    id: row.id,
    type: row.type,
    name: row.name ?? (row.item_index === null ? row.type : `${row.batch_name ?? row.type} #${row.item_index + 1}`),
    description: row.description,
    status: row.status,
    data: row.data,
    result: row.result,
    error: row.error,
    warnings: row.warnings ?? [],
    progress: row.progress,
    priority: row.priority,
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    backoff: row.backoff,
    batchId: row.batch_id,
    parentJobId: row.parent_job_id ?? row.batch_id,
    flowId: row.flow_id,
    index: row.item_index,
    correlationId: row.correlation_id,
    metadata: row.metadata,
    createdBy: row.created_by,
    runAt: row.status === 'delayed' ? (row.run_at?.toISOString() ?? null) : null,
    createdAt: row.created_at.toISOString(),
    startedAt: started?.toISOString() ?? null,
    finishedAt: finished?.toISOString() ?? null,
    durationMs: started && finished ? Math.max(0, finished.getTime() - started.getTime()) : null,
    cancelRequested: row.status === 'active' && row.cancel_mode !== null,
  };
}

/** Warnings that a row of a list carries, and characters of each. */
const LISTED = { warnings: 3, message: 200 };

/** A row of a list: with the first warnings only. */
export function toListedJobDto(row: JobRow): JobDto {
  const job = toJobDto(row);
  if (job.warnings.length === 0) return job;
  const warnings = job.warnings
    .slice(0, LISTED.warnings)
    .map(({ code, message }) => ({ code, message: message.slice(0, LISTED.message) }));
  return { ...job, warnings };
}
