import type { ThroughputDto } from '@/lib/contracts/batch';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { getBatch } from './get-batch';

/** Children that are looked at: enough for a curve, and quick at any size. */
const LOOKED_AT = 4_000;
const POINTS = 60;
/** Shorter parts than this say more about clocks than about work. */
const LEAST_MS = 250;

/**
 * How fast a batch went, from its start until its end or now. Of a large batch every k-th child is looked at; failures
 * are found by an index of their own, so that rare ones are there too. @throws `not-found`
 */
export async function readThroughput(context: Context, batchId: string): Promise<ThroughputDto> {
  const batch = await getBatch(context, batchId);
  if (!batch.startedAt) return { from: null, stepMs: 0, points: [] };
  const from = Date.parse(batch.startedAt);
  const span = Math.max(1, (batch.finishedAt ? Date.parse(batch.finishedAt) : Date.now()) - from);
  const parts = Math.max(1, Math.min(POINTS, Math.floor(span / LEAST_MS)));
  const stepMs = span / parts;
  const every = Math.max(1, Math.ceil(batch.total / LOOKED_AT));
  const place = `least(${parts - 1}, greatest(0, floor((extract(epoch from finished_at) * 1000 - $2::float8) / $3::float8)))::int`;
  const { rows } = await pool().query<{ part: number; failed: boolean; count: number }>(
    `select ${place} as part, failed, count(*)::int as count
     from (select j.finished_at, false as failed from generate_series(0, $4::int - 1, $5::int) s
             join job j on j.batch_id = $1 and j.item_index = s where j.outcome is not null
           union all
           select * from (select finished_at, true from job where batch_id = $1 and outcome = 'failed'
                          limit ${LOOKED_AT * 5}) f) seen
     where finished_at is not null group by 1, 2`,
    [batchId, from, stepMs, batch.total, every],
  );
  const points = Array.from({ length: parts }, () => ({ finished: 0, failed: 0 }));
  for (const { part, failed, count } of rows) {
    const point = points[part];
    if (!point) continue;
    if (failed) point.failed = count;
    else point.finished = count * every;
  }
  return { from: batch.startedAt, stepMs, points };
}
