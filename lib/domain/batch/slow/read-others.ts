import type { BatchDto } from '@/lib/contracts/batch';
import { firstIdAt } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';

/** A batch that ran at the same time, of any organization, in milliseconds since 1970. */
export interface OtherBatch {
  type: string;
  from: number;
  until: number;
  /** items of it that ran at once, on average: estimated from some of them */
  running: number;
}

/** Batches that are read, the latest ones, and items of each that are read for its mean duration. */
const MAX_OTHERS = 50;
const SAMPLE = 200;
/** Batches that were launched longer before are only found while they run. */
const BEFORE_MS = 24 * 3_600_000;

/** Reads the batches that ran between two times, without this one. */
export async function readOthers(batch: BatchDto, from: number, until: number): Promise<OtherBatch[]> {
  const { rows } = await pool().query<{
    type: string;
    from_ms: number;
    until_ms: number;
    ran: number;
    mean_ms: number | null;
  }>(
    sql`with other as (
       select b.id, b.type, b.total, b.started_at, b.finished_at, b.completed + b.failed as ran from batch b
       where b.id <> ${batch.id} and b.started_at < ${new Date(until)}
         and (b.status = 'in-progress' or (b.id >= ${firstIdAt(from - BEFORE_MS)}::uuid and b.id < ${firstIdAt(until + 1)}::uuid
           and b.finished_at > ${new Date(from)}))
       order by b.started_at desc limit ${MAX_OTHERS}
     )
     select o.type, extract(epoch from o.started_at)::float8 * 1000 as from_ms,
       extract(epoch from coalesce(o.finished_at, now()))::float8 * 1000 as until_ms, o.ran, d.mean_ms
     from other o cross join lateral (
       select avg(extract(epoch from coalesce(j.finished_at, now()) - j.started_at))::float8 * 1000 as mean_ms
       from generate_series(0, o.total - 1, greatest(1, o.total / ${SAMPLE}::int)) s
         join job j on j.batch_id = o.id and j.item_index = s
       where j.started_at is not null
     ) d`,
  );
  return rows.map((row) => ({
    type: row.type,
    from: row.from_ms,
    until: row.until_ms,
    // At least one item of a running batch runs, also before the first one has ended.
    running: Math.max(
      row.mean_ms === null ? 0 : 1,
      (row.ran * (row.mean_ms ?? 0)) / Math.max(1, row.until_ms - row.from_ms),
    ),
  }));
}

/** The life of a consumer process, in milliseconds since 1970. Processes that ended are kept for a day. */
export interface ConsumerLife {
  from: number;
  until: number;
}

/** Reads the consumers that lived between two times, on all machines. */
export async function readConsumers(from: number, until: number): Promise<ConsumerLife[]> {
  const { rows } = await pool().query<{ from_ms: number; until_ms: number }>(
    sql`select extract(epoch from started_at)::float8 * 1000 as from_ms,
          coalesce(extract(epoch from ended_at)::float8 * 1000, 'infinity') as until_ms
        from consumer where started_at < ${new Date(until)} and (ended_at is null or ended_at > ${new Date(from)})`,
  );
  return rows.map((row) => ({ from: row.from_ms, until: row.until_ms }));
}
