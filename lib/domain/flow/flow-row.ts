import type { FlowCounts, FlowSummaryDto } from '@/lib/contracts/flow';
import { doneOf, wholePercent } from '@/lib/contracts/progress';
import { type FlowStatus, JOB_STATUSES, type JobStatus, TERMINAL_JOB_STATUSES } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';

/** Selects flows with the number of their nodes by status. A finished flow has it stored; else it is counted. */
export const FLOW_SELECT = sql`
  select f.id, f.name, f.type, f.status, f.total, f.levels, f.types, f.correlation_id, f.cancel_mode, f.created_by,
    f.created_at, f.finished_at, coalesce(f.counts, (
      select json_build_object('startedAt', min(s.started_at), 'byStatus', json_object_agg(s.status, s.n))
      from (select status, count(*) as n, min(started_at) as started_at from job where flow_id = f.id group by status) s
    )) as counts
  from flow f`;

export interface FlowRow {
  id: string;
  name: string;
  type: string;
  status: FlowStatus;
  total: number;
  levels: number;
  types: string[];
  correlation_id: string;
  cancel_mode: 'graceful' | 'force' | null;
  created_by: string | null;
  created_at: Date;
  finished_at: Date | null;
  counts: { startedAt: string | null; byStatus: Partial<Record<JobStatus, number>> | null };
}

export const countsOf = (given: Partial<Record<JobStatus, number>> | null): FlowCounts =>
  Object.fromEntries(JOB_STATUSES.map((status) => [status, given?.[status] ?? 0])) as FlowCounts;

/** Returns the progress, 0–100, of which a flow reaches 100 only when its root has ended without a cancel. */
function progressOf(row: FlowRow, counts: FlowCounts, status: FlowSummaryDto['status']): number {
  if (row.finished_at && row.status !== 'cancelled') return 100;
  return Math.min(99, wholePercent(doneOf({ ...counts, status, cancelMode: row.cancel_mode }), row.total));
}

/** Converts a row to what the caller sees. */
export function toFlowSummary(row: FlowRow, door: Door): FlowSummaryDto {
  const counts = countsOf(row.counts.byStatus);
  const ended = TERMINAL_JOB_STATUSES.reduce((sum, status) => sum + counts[status], 0);
  const started = row.counts.startedAt !== null || ended + counts.active > 0;
  const status = row.finished_at === null && started ? 'in-progress' : row.status;
  return {
    id: row.id,
    name: door.label(row.name),
    type: row.type,
    status,
    total: row.total,
    counts,
    progress: progressOf(row, counts, status),
    levels: row.levels,
    types: row.types,
    correlationId: row.correlation_id,
    cancelMode: row.cancel_mode,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    startedAt: row.counts.startedAt === null ? null : new Date(row.counts.startedAt).toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
