import { costsOf } from '@/lib/contracts/costs';
import type { JobError } from '@/lib/contracts/errors';
import {
  type Backoff,
  type JobDto,
  type JobProgress,
  type JobSummaryDto,
  type JobWarning,
  PREVIEW_BYTES,
} from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { type Sql, sql } from '@/lib/db/sql';
import { beginning, clip, metadataText } from '@/lib/domain/preview';
import { type Door, errorAt, metadataAt, progressAt, warningsAt } from '@/lib/domain/redaction/door';

/** The displayed status of a job `j` with its batch `b`; see `isStartDelayed`. */
export const SHOWN_STATUS = sql`case when j.status = 'pending' and b.not_before > now() then 'delayed' else j.status end`;

/**
 * Selects jobs with the values that they inherit from their batch. While the batch waits for `delaySeconds`, its
 * children are shown as delayed.
 * @param values the columns of large values: complete for a single job, only their beginnings for a list
 */
const jobSelect = (values: Sql): Sql => sql`
  select j.id, j.organization_id, j.type, ${SHOWN_STATUS} as status, j.batch_id, j.item_index, j.seq, j.attempt, j.attempts_made,
    j.max_attempts, j.priority, j.cancel_mode, case when j.status = 'pending' then coalesce(j.run_at, b.not_before) else j.run_at end as run_at, j.created_at, j.started_at, j.finished_at, j.name,
    j.description, coalesce(j.correlation_id, b.correlation_id) as correlation_id,
    coalesce(j.created_by, b.created_by) as created_by, j.backoff, j.progress, j.error, j.warnings,
    j.cost_tokens::float8 as cost_tokens, j.cost_usd::float8 as cost_usd,
    ${values}, j.flow_id, j.parent_job_id, j.discarded_at, j.discard_note, b.name as batch_name, b.name_by
  from job j left join batch b on b.id = j.batch_id`;

/** Selects a single job with all of its columns. */
export const JOB_SELECT = jobSelect(sql`j.data, j.result, j.metadata`);

const beginnings = (bytes: number): Sql =>
  sql`${beginning(sql`j.data`, bytes)} as data_text, ${beginning(sql`j.result`, bytes)} as result_text, ${metadataText(sql`j.metadata`)}`;

/** Selects jobs for a list: only the beginnings of large values are read. */
export const SUMMARY_SELECT = jobSelect(beginnings(PREVIEW_BYTES));

/** The same with data and result of at most `values` bytes. The stored size is checked first, because that is cheap. */
export const treeSelect = (bytes: number, values: number): Sql => {
  const small = (column: Sql): Sql =>
    sql`case when pg_column_size(${column}) <= ${values} then case when octet_length(${column}::text) <= ${values} then ${column} end end`;
  return jobSelect(sql`${beginnings(bytes)}, ${small(sql`j.data`)} as data, ${small(sql`j.result`)} as result`);
};

interface JobFactsRow {
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
  error: JobError | null;
  warnings: JobWarning[] | null;
  cost_tokens: number | null;
  cost_usd: number | null;
  batch_name: string | null;
  name_by: string | null;
  flow_id: string | null;
  parent_job_id: string | null;
  discarded_at: Date | null;
  discard_note: string | null;
}

export interface JobRow extends JobFactsRow {
  data: unknown;
  result: unknown;
  metadata: unknown;
}

export interface SummaryRow extends JobFactsRow {
  data_text: Buffer;
  result_text: Buffer | null;
  metadata_text: Buffer | null;
}

/** Converts a row to its DTO, as the caller sees it. */
export async function toJobDto(row: JobRow, door: Door): Promise<JobDto> {
  const { data, result, metadata } = row;
  const facts = { ...factsOf(row, door), metadata: await door.whole(metadata, 'metadata') };
  if (door.level === 'hidden') return facts;
  return { ...facts, data: await door.whole(data, 'data'), result: await door.whole(result, 'result') };
}

const MESSAGE = 300;
const MAX_LISTED_WARNINGS = 3;
const WORD = 100;

/** Converts a row for events: of limited size, whatever it contains. The progress is complete. */
export function toJobSummary(row: SummaryRow, door: Door, bytes = PREVIEW_BYTES): JobSummaryDto {
  const { description } = row;
  const facts = factsOf(row, door);
  const { error } = facts;
  const summary: JobSummaryDto = {
    ...facts,
    description: description === null ? null : clip(description, WORD),
    warnings: facts.warnings
      .slice(0, MAX_LISTED_WARNINGS)
      .map(({ code, message }) => ({ code, message: clip(message, MESSAGE) })),
    error: error && { message: clip(error.message, MESSAGE), ...(error.code ? { code: error.code } : {}) },
    ...metadataAt(door, row.metadata_text),
  };
  if (door.level === 'hidden') return summary;
  return {
    ...summary,
    dataPreview: door.beginning(row.data_text, 'data', bytes),
    resultPreview: door.beginning(row.result_text, 'result', bytes),
  };
}

/** Converts a row for lists: without the chart of its progress. */
export function toListedJob(row: SummaryRow, door: Door, bytes = PREVIEW_BYTES): JobSummaryDto {
  const job = toJobSummary(row, door, bytes);
  if (!job.progress) return job;
  const { current, total, message } = job.progress;
  return { ...job, progress: { current, total, message: message && clip(message, WORD) } };
}

/** Names that are made of inputs are parts of them. The nodes of a flow have names of their own. */
function nameOf(row: JobFactsRow, door: Door) {
  const { name, type, item_index: index, batch_name: batchName, flow_id: flowId } = row;
  if (name !== null && (flowId !== null || door.showsNamesOf(type, row.name_by))) return name;
  return index === null ? type : `${batchName ?? type} #${index + 1}`;
}

function factsOf(row: JobFactsRow, door: Door): Omit<JobDto, 'data' | 'result' | 'metadata'> {
  const { started_at: started, finished_at: finished } = row;
  return {
    id: row.id,
    type: row.type,
    name: door.label(nameOf(row, door)),
    description: row.description && door.label(row.description),
    status: row.status,
    error: errorAt(door, row.error),
    costs: costsOf(row.cost_tokens, row.cost_usd),
    warnings: warningsAt(door, row.warnings ?? []),
    progress: row.progress && progressAt(door, row.progress),
    priority: row.priority,
    attemptsMade: row.attempts_made,
    maxAttempts: row.max_attempts,
    backoff: row.backoff,
    batchId: row.batch_id,
    parentJobId: row.parent_job_id ?? row.batch_id,
    flowId: row.flow_id,
    index: row.item_index,
    correlationId: row.correlation_id,
    createdBy: row.created_by,
    runAt: row.status === 'delayed' ? (row.run_at?.toISOString() ?? null) : null,
    createdAt: row.created_at.toISOString(),
    startedAt: started?.toISOString() ?? null,
    finishedAt: finished?.toISOString() ?? null,
    durationMs: started && finished ? Math.max(0, finished.getTime() - started.getTime()) : null,
    cancelRequested: row.status === 'active' && row.cancel_mode !== null,
    discardedAt: row.discarded_at?.toISOString() ?? null,
    discardNote: row.discard_note && door.label(row.discard_note),
  };
}
