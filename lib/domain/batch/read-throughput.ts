import type { ThroughputDto } from '@/lib/contracts/batch';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Context, requirePermission } from '@/lib/domain/context';
import { loadBatch } from './get-batch';

/** Sample size in children: enough for a curve, and fast for a batch of any size. */
const LOOKED_AT = 4_000;
/** Up to this number all failures are read, so that rare ones are shown. If there are more, the sample has enough. */
const FAILURES_LOOKED_AT = 20_000;
const POINTS = 60;
/** Minimum length of a part: in shorter ones the error of the clocks is too large. */
const LEAST_MS = 250;

/**
 * Returns the throughput of a batch from its start to its end or now. A large batch is sampled (every k-th child), and
 * the sample is scaled to the batch's counters. Cancelled children are left out, because they did no work.
 * @throws `not-found`
 */
export async function readThroughput(context: Context, batchId: string): Promise<ThroughputDto> {
  requirePermission(context, 'batch.see');
  const batch = await loadBatch(context, batchId);
  if (!batch.startedAt) return { from: null, stepMs: 0, points: [] };
  const from = Date.parse(batch.startedAt);
  const span = Math.max(1, (batch.finishedAt ? Date.parse(batch.finishedAt) : Date.now()) - from);
  const parts = Math.max(1, Math.min(POINTS, Math.floor(span / LEAST_MS)));
  const stepMs = span / parts;
  const every = Math.max(1, Math.ceil(batch.total / LOOKED_AT));
  const place = sql`least(${parts - 1}, greatest(0, floor((extract(epoch from finished_at) * 1000 - ${from}::float8) / ${stepMs}::float8)))::int`;
  const everyFailure = batch.failed <= FAILURES_LOOKED_AT;
  const { rows } = await pool().query<{ part: number; failed: boolean; count: number }>(
    sql`select ${place} as part, failed, count(*)::int as count
     from (select j.finished_at, j.outcome = 'failed' as failed from generate_series(0, ${batch.total}::int - 1, ${every}::int) s
             join job j on j.batch_id = ${batchId} and j.item_index = s
             where j.outcome = 'completed' or (j.outcome = 'failed' and not ${everyFailure})
           union all
           select * from (select finished_at, true from job where ${everyFailure} and batch_id = ${batchId} and outcome = 'failed'
                          limit ${FAILURES_LOOKED_AT}) f) seen
     where finished_at is not null group by 1, 2`,
  );
  const points = Array.from({ length: parts }, () => ({ finished: 0, failed: 0 }));
  const counted = { failed: batch.failed, other: batch.completed };
  const seen = { failed: 0, other: 0 };
  for (const { failed, count } of rows) seen[failed ? 'failed' : 'other'] += count;
  for (const { part, failed, count } of rows) {
    const kind = failed ? 'failed' : 'other';
    const point = points[part];
    if (!point) continue;
    const ended = Math.round((count * counted[kind]) / seen[kind]);
    point.finished += ended;
    if (failed) point.failed = ended;
  }
  return { from: batch.startedAt, stepMs, points };
}
