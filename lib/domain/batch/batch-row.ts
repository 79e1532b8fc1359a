import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchOptions, PauseReason } from '@/lib/contracts/batch-options';
import { costsOf } from '@/lib/contracts/costs';
import { batchProgress } from '@/lib/contracts/progress';
import { type BatchStatus, isFinished } from '@/lib/contracts/status';
import { type Sql, sql } from '@/lib/db/sql';
import { metadataText } from '@/lib/domain/preview';
import { type Door, metadataAt } from '@/lib/domain/redaction/door';
import { TYPES_WITHOUT_WORKER } from '@/lib/domain/worker/live-nodes';

/** Selects batches and counts their active children in the same snapshot, so that the counters are consistent. */
const batchSelect = (metadata: Sql): Sql => sql`
  select b.id, b.organization_id, b.type, b.name, b.status, b.total, b.completed, b.failed, b.cancelled, b.warned,
    b.cost_tokens::float8 as cost_tokens, b.cost_usd::float8 as cost_usd, b.paused, b.paused_at, b.paused_why,
    b.sealed, b.announced, b.seals_at, b.cancel_mode, b.queued_at, b.slot_freed, b.wakes_at, b.not_before, b.priority, b.options, ${metadata}, b.correlation_id,
    b.unique_key, b.name_by, b.stop_reason, b.run, b.rate_count, b.rate_per_second, b.created_by, b.created_at, b.started_at,
    b.finished_at,
    b.finished_at is null and b.type = any(${TYPES_WITHOUT_WORKER}) as lacks_worker,
    extract(epoch from now() - b.rate_at)::float8 as rate_age,
    extract(epoch from coalesce(b.finished_at, now()) - b.started_at)::float8 as run_seconds,
    case when b.status = 'in-progress'
      then (select count(*)::int from job j, batch_dispatch d where d.batch_id = b.id and j.batch_id = b.id
        and j.outcome is null and j.item_index <= d.reach and j.status = 'active') else 0 end as active
  from batch b`;

/** Selects a single batch with all of its columns. */
export const BATCH_SELECT = batchSelect(sql`b.metadata`);
/** Selects batches for a list: long metadata is not read. */
export const BATCH_LIST_SELECT = batchSelect(metadataText(sql`b.metadata`));

interface BatchFactsRow {
  id: string;
  organization_id: string;
  type: string;
  name: string;
  status: BatchStatus;
  total: number;
  completed: number;
  failed: number;
  cancelled: number;
  warned: number;
  cost_tokens: number | null;
  cost_usd: number | null;
  paused: boolean;
  paused_at: Date | null;
  paused_why: Exclude<PauseReason, 'by-hand'> | null;
  sealed: boolean;
  announced: number | null;
  seals_at: Date | null;
  cancel_mode: 'graceful' | 'force' | null;
  queued_at: Date | null;
  slot_freed: boolean;
  wakes_at: Date | null;
  not_before: Date | null;
  priority: number;
  options: BatchOptions;
  correlation_id: string;
  unique_key: string | null;
  name_by: string | null;
  stop_reason: string | null;
  run: number;
  rate_count: number;
  rate_per_second: number | null;
  created_by: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  lacks_worker: boolean;
  rate_age: number | null;
  run_seconds: number | null;
  active: number;
}

export interface BatchRow extends BatchFactsRow {
  metadata: unknown;
}

export interface ListedBatchRow extends BatchFactsRow {
  metadata_text: Buffer | null;
}

const iso = (date: Date | null): string | null => date?.toISOString() ?? null;

/** The recorder closes a window after 2 s. An open window of this age means that no child has ended since. */
const STALE_SECONDS = 10;
/** Minimum length of a window: in a shorter one the error of the clock is too large. */
const LEAST_SECONDS = 0.2;

/**
 * Returns the children that ended per second, without cancelled ones. While the batch runs, it is the rate in the
 * recorder's window; after it has finished, it is the average.
 */
function rateOf(row: BatchFactsRow, ran: number): number | null {
  if (row.status === 'pending' || ran === 0) return null;
  if (isFinished(row.status)) return row.run_seconds ? ran / row.run_seconds : null;
  // The batch is idle: the rate of its last window is outdated.
  if ((row.paused || row.slot_freed) && row.active === 0) return null;
  const { rate_age: age, rate_count: count, rate_per_second: rate } = row;
  if (age === null) return rate;
  // An open window of that age is more accurate than the last closed one.
  if (rate === null || age > STALE_SECONDS) return age > LEAST_SECONDS ? count / age : rate;
  return rate;
}

const round = (value: number | null): number | null => (value === null ? null : Math.round(value * 100) / 100);

/** Converts a row to its DTO, as the caller sees it. */
export const toBatchDto = (row: BatchRow, door: Door): BatchDto => ({
  ...factsOf(row, door),
  metadata: door.small(row.metadata, 'metadata'),
});

/** Converts a row for lists: of limited size, whatever its metadata contains. */
export const toListedBatch = (row: ListedBatchRow, door: Door): BatchDto => ({
  ...factsOf(row, door),
  ...metadataAt(door, row.metadata_text),
});

/** A program that rejects a batch may repeat an error of a job after the colon. */
const reasonAt = (door: Door, reason: string): string =>
  door.level === 'hidden' ? (reason.split(':')[0] ?? '') : door.message(reason);

function factsOf(row: BatchFactsRow, door: Door): Omit<BatchDto, 'metadata'> {
  const ran = row.completed + row.failed;
  const done = ran + row.cancelled;
  const open = row.total - done;
  const active = Math.min(row.active, open);
  const rate = rateOf(row, ran);
  return {
    id: row.id,
    name: door.label(row.name),
    type: row.type,
    status: row.status,
    paused: row.paused,
    pausedAt: row.paused ? iso(row.paused_at) : null,
    pausedWhy: row.paused ? (row.paused_why ?? 'by-hand') : null,
    sealed: row.sealed,
    announced: row.announced,
    sealsAt: iso(row.seals_at),
    total: row.total,
    pending: open - active,
    active,
    completed: row.completed,
    failed: row.failed,
    cancelled: row.cancelled,
    warned: row.warned,
    costs: costsOf(row.cost_tokens, row.cost_usd),
    progress: batchProgress({ ...row, cancelMode: row.cancel_mode }),
    ratePerSecond: round(rate),
    etaSeconds: row.status === 'in-progress' && !row.slot_freed && rate ? Math.ceil(open / rate) : null,
    priority: row.priority,
    options: row.options,
    correlationId: row.correlation_id,
    uniqueKey: row.unique_key,
    nameBy: row.name_by && door.label(row.name_by),
    cancelMode: row.cancel_mode,
    stopReason: row.stop_reason && reasonAt(door, row.stop_reason),
    queuedAt: iso(row.queued_at),
    holdsSlot: row.status === 'in-progress' && !row.slot_freed,
    lacksWorker: row.lacks_worker,
    wakesAt: iso(row.wakes_at),
    notBefore: iso(row.not_before),
    run: row.run,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    startedAt: iso(row.started_at),
    finishedAt: iso(row.finished_at),
  };
}
