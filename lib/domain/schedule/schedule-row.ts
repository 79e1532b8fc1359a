import type { FiringDto, FiringKind, FiringStatus, Overlap } from '@/lib/contracts/firing';
import type { CatchUp, ExcludedTime, ScheduleDto } from '@/lib/contracts/schedule';
import type { LaunchKind } from '@/lib/contracts/scheduled-launch';
import { type Sql, sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';
import { itemSource, type StoredSummary } from './launch-summary';
import { parseCron } from './times/cron';
import type { Timing } from './times/times';
import { wordsOf } from './times/words';

/** The columns that say when a schedule fires. */
export const TIMING_COLUMNS = sql`s.cron, s.every_seconds as "everySeconds", s.time_zone as "timeZone", s.anchor, s.start_at as "startAt",
  s.end_at as "endAt", s.exclude`;

export interface TimingRow {
  cron: string | null;
  everySeconds: number | null;
  timeZone: string;
  anchor: Date;
  startAt: Date | null;
  endAt: Date | null;
  exclude: ExcludedTime[];
}

/** Returns what the search for due times needs. */
export const timingOf = (row: Omit<TimingRow, 'anchor'> & { anchor: Date | number }): Timing => ({
  cron: row.cron === null ? null : parseCron(row.cron),
  everyMs: row.everySeconds === null ? null : row.everySeconds * 1000,
  timeZone: row.timeZone,
  anchor: Number(row.anchor),
  startAt: row.startAt === null ? null : row.startAt.getTime(),
  endAt: row.endAt === null ? null : row.endAt.getTime(),
  exclude: row.exclude,
});

export const SCHEDULE_COLUMNS: Sql = sql`s.id, s.name, ${TIMING_COLUMNS}, s.kind, s.summary, s.types, s.overlap, s.catch_up as "catchUp",
  s.catch_up_seconds as "catchUpSeconds", s.jitter_seconds as "jitterSeconds", s.pause_after_failures as "pauseAfterFailures",
  s.paused_at as "pausedAt", s.paused_why as "pausedWhy", s.next_due as "nextDue", s.next_at as "nextAt",
  s.created_by as "createdBy", s.created_by_id as "createdById", s.created_at as "createdAt", s.updated_at as "updatedAt"`;

export interface ScheduleRow extends TimingRow {
  id: string;
  name: string;
  kind: LaunchKind;
  summary: StoredSummary;
  types: string[];
  overlap: Overlap;
  catchUp: CatchUp;
  catchUpSeconds: number | null;
  jitterSeconds: number;
  pauseAfterFailures: number | null;
  pausedAt: Date | null;
  pausedWhy: string | null;
  nextDue: Date | null;
  nextAt: Date | null;
  createdBy: string;
  createdById: string;
  createdAt: Date;
  updatedAt: Date;
}

export const FIRING_COLUMNS: Sql = sql`f.due_at as "dueAt", f.fired_at as "firedAt", f.status, f.kind, f.batch_id as "batchId",
  f.job_id as "jobId", f.flow_id as "flowId", f.outcome, f.why`;

export interface FiringRow {
  dueAt: Date;
  firedAt: Date | null;
  status: FiringStatus;
  kind: FiringKind;
  batchId: string | null;
  jobId: string | null;
  flowId: string | null;
  outcome: string | null;
  why: string | null;
}

export const toFiringDto = (row: FiringRow, door: Door): FiringDto => ({
  dueAt: row.dueAt.toISOString(),
  firedAt: row.firedAt?.toISOString() ?? null,
  status: row.status,
  kind: row.kind,
  byHand: row.kind === 'hand',
  ...(row.batchId === null ? {} : { batchId: row.batchId }),
  ...(row.jobId === null ? {} : { jobId: row.jobId }),
  ...(row.flowId === null ? {} : { flowId: row.flowId }),
  outcome: row.outcome,
  // The reason of a refused launch may repeat what was to be launched.
  ...(row.why === null ? {} : { why: row.status === 'failed' ? door.message(row.why) : door.label(row.why) }),
});

interface Shown {
  /** id of who reads it */
  reader: string;
  /** newest first */
  firings: readonly FiringRow[];
  problem: string | null;
  door: Door;
}

/** Returns a schedule as lists show it: without the contents of what it launches. */
export function toScheduleDto(row: ScheduleRow, { firings, problem, door, reader }: Shown): ScheduleDto {
  const last = firings.find(({ status }) => status !== 'queued');
  return {
    id: row.id,
    name: row.name,
    cron: row.cron,
    everySeconds: row.everySeconds,
    timeZone: row.timeZone,
    words: wordsOf(row),
    launches: {
      ...row.summary,
      from: itemSource(row.kind, row.summary),
      kind: row.kind,
      types: row.types,
      name: row.summary.name === null ? null : door.label(row.summary.name),
    },
    overlap: row.overlap,
    catchUp: row.catchUp,
    catchUpSeconds: row.catchUpSeconds,
    jitterSeconds: row.jitterSeconds,
    startAt: row.startAt?.toISOString() ?? null,
    endAt: row.endAt?.toISOString() ?? null,
    exclude: row.exclude,
    pauseAfterFailures: row.pauseAfterFailures,
    paused: row.pausedAt !== null,
    pausedWhy: row.pausedWhy,
    nextAt: row.nextDue?.toISOString() ?? null,
    firesAt: row.nextAt?.toISOString() ?? null,
    lastAt: last?.dueAt.toISOString() ?? null,
    lastStatus: last?.status ?? null,
    lastOutcome: last?.outcome ?? null,
    recent: firings.map((firing) => toFiringDto(firing, door)).reverse(),
    problem,
    createdBy: row.createdBy,
    createdById: row.createdById,
    own: row.createdById === reader,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
