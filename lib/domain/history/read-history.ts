import type { HistoryDto, HistoryPoint, HistoryQuery } from '@/lib/contracts/history';
import { HISTORY_STEP_MS } from '@/lib/contracts/history-steps';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { addHistograms, bucketOf, type Histogram, quantilesOf } from './histogram';
import { type HistoryRange, rangeOf } from './history-range';
import { readDepth } from './measure-depth';
import { READY_AT } from './record-history';
import { DELTA_COLUMNS, SUM_DELTAS } from './sum-deltas';

type Measured = Pick<HistoryPoint, 'queued' | 'workers'>;

interface Sums {
  at: number;
  started: number;
  completed: number;
  failed: number;
  cancelled: number;
  retried: number;
  waits: Histogram;
  durations: Histogram;
  queued: number;
}

/**
 * Reads the history of the organization: what was added up, what was recorded since, and the starts of what still runs. All
 * of it is one snapshot, so it is complete with every commit. Points in which nothing happened are zeros.
 * @throws DomainError `invalid-query`
 */
export async function readHistory(context: Context, query: HistoryQuery): Promise<HistoryDto> {
  requirePermission(context, 'job.see');
  const now = Date.now();
  const range = rangeOf(query, now);
  const [rows, workers, depth] = await Promise.all([
    readSums(context, query, range),
    readWorkers(query, range),
    range.to > now ? readDepth(context.organizationId, query.type) : undefined,
  ]);
  const at = new Map<number, Sums[]>();
  for (const row of rows) at.set(row.at, [...(at.get(row.at) ?? []), row]);
  const length = HISTORY_STEP_MS[query.step];
  const points: HistoryPoint[] = [];
  for (let moment = range.from; moment < range.to; moment += length) {
    const sums = summarize(at.get(moment) ?? [], workers.get(moment) ?? 0);
    // While nothing runs, a round is about a minute long: a minute may be without a measurement.
    const before = query.step === 'minute' && !workers.has(moment) && workers.has(moment - length) && points.at(-1);
    if (before) raise(sums, before);
    if (depth && moment + length >= range.to) raise(sums, depth);
    points.push({ at: iso(moment), ...sums });
  }
  const total = summarize(rows, 0);
  for (const point of points) raise(total, point);
  return { step: query.step, from: iso(range.from), to: iso(range.to), points, total };
}

async function readSums(
  { organizationId }: Context,
  { step, type }: HistoryQuery,
  range: HistoryRange,
): Promise<Sums[]> {
  const within = sql`step = ${step} and type = ${type ?? ''}
    and at >= to_timestamp(${range.from / 1000}::float8) and at < to_timestamp(${range.to / 1000}::float8)`;
  const ofType = sql`(${type ?? null}::text is null or j.type = ${type ?? null})`;
  const columns = sql`(extract(epoch from at) * 1000)::float8 as at, started::float8 as started, completed::float8 as completed,
    failed::float8 as failed, cancelled::float8 as cancelled, (retried + reopened_failed + reopened_cancelled)::float8 as retried,
    waits, durations`;
  const { rows } = await pool().query<Sums>(
    sql`with old as (
       select ${DELTA_COLUMNS} from history_delta j where organization_id = ${organizationId} and ${ofType}
       union all
       select j.organization_id, j.type, date_trunc('minute', j.started_at), null, 1, 0, 0, 0, 0, 0, 0,
         array[${bucketOf(sql`j.started_at - ${READY_AT}`)}], '{}'
       from in_flight f join job j on j.id = f.id left join batch b on b.id = j.batch_id
       where f.organization_id = ${organizationId} and f.status = 'active' and j.started_at is not null and ${ofType}
     ), ${SUM_DELTAS}
     select ${columns}, queued::float8 as queued from history where organization_id = ${organizationId} and ${within}
     union all
     select ${columns}, 0 from summed where ${within}`,
  );
  return rows;
}

async function readWorkers({ step }: HistoryQuery, range: HistoryRange): Promise<Map<number, number>> {
  const { rows } = await pool().query<{ at: number; workers: number }>(
    sql`select (extract(epoch from at) * 1000)::float8 as at, workers from worker_history
     where step = ${step} and at >= to_timestamp(${range.from / 1000}::float8) and at < to_timestamp(${range.to / 1000}::float8)`,
  );
  return new Map(rows.map((row) => [row.at, row.workers]));
}

const iso = (moment: number) => new Date(moment).toISOString();

/** Keeps the higher of two measurements. */
function raise(sums: Measured, other: Measured): void {
  sums.queued = Math.max(sums.queued, other.queued);
  sums.workers = Math.max(sums.workers, other.workers);
}

function summarize(rows: Sums[], workers: number): HistoryDto['total'] {
  const sum = (key: 'started' | 'completed' | 'failed' | 'cancelled' | 'retried') =>
    rows.reduce((total, row) => total + row[key], 0);
  return {
    started: sum('started'),
    completed: sum('completed'),
    failed: sum('failed'),
    cancelled: sum('cancelled'),
    retried: sum('retried'),
    durationMs: quantilesOf(addHistograms(rows.map((row) => row.durations))),
    waitedMs: quantilesOf(addHistograms(rows.map((row) => row.waits))),
    queued: Math.max(0, ...rows.map((row) => row.queued)),
    workers,
  };
}
