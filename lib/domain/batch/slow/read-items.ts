import type { BatchDto } from '@/lib/contracts/batch';
import { SLOWEST, type SlowDto, type SlowItem } from '@/lib/contracts/slow';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Door } from '@/lib/domain/redaction/door';

interface SlowRow {
  id: string;
  item_index: number | null;
  name: string | null;
  type: string;
  status: JobStatus;
  ms: number;
  attempt: number;
}

const RAN_FOR = sql`extract(epoch from coalesce(j.finished_at, clock_timestamp()) - j.started_at)::float8 * 1000`;

/** Reads the items whose last attempt took the longest, also those that still run. */
export async function readSlowest(batch: BatchDto, door: Door): Promise<SlowItem[]> {
  const { rows } = await pool().query<SlowRow>(
    sql`select j.id, j.item_index, j.name, j.type, j.status, greatest(0, ${RAN_FOR}) as ms, j.attempt from job j
        where j.batch_id = ${batch.id} and j.started_at is not null and (j.finished_at is not null or j.status = 'active')
        order by ms desc, j.item_index limit ${SLOWEST}`,
  );
  return rows.map((row) => ({
    jobId: row.id,
    index: row.item_index,
    name:
      row.name !== null && door.showsNamesOf(row.type, batch.nameBy)
        ? door.label(row.name)
        : `${batch.name} #${(row.item_index ?? 0) + 1}`,
    type: row.type,
    status: row.status,
    durationMs: row.ms,
    attempts: row.attempt,
  }));
}

interface WorkRow {
  type: string;
  items: number;
  attempts: number;
  failed_attempts: number;
  failed_ms: number;
  total_ms: number;
}

/** Adds up the attempts of a batch, those that completed and the others, and by type where it has several. */
export async function readWork(batchId: string): Promise<Pick<SlowDto, 'work' | 'types'>> {
  const { rows } = await pool().query<WorkRow>(
    sql`select type, sum(items)::int as items, sum(attempts)::int as attempts, sum(failed)::int as failed_attempts,
       sum(failed * ms)::float8 as failed_ms, sum(ms)::float8 as total_ms
     from (
       select j.type, 1 as items, case when j.status in ('completed', 'active') then 1 else 0 end as attempts, 0 as failed,
         case when j.status in ('completed', 'active') then ${RAN_FOR} else 0 end as ms
       from job j where j.batch_id = ${batchId} and j.started_at is not null
       union all
       select j.type, 0, 1, 1, extract(epoch from a.finished_at - a.started_at)::float8 * 1000
       from job j join attempt a on a.job_id = j.id
       where j.batch_id = ${batchId} and (j.attempt > 1 or j.outcome is distinct from 'completed')
     ) runs group by type order by total_ms desc`,
  );
  const sum = (of: (row: WorkRow) => number): number => rows.reduce((all, row) => all + of(row), 0);
  const [attempts, totalMs] = [sum((row) => row.attempts), sum((row) => row.total_ms)];
  return {
    work: {
      meanMs: attempts > 0 ? totalMs / attempts : null,
      totalMs,
      attempts,
      failedAttempts: sum((row) => row.failed_attempts),
      failedMs: sum((row) => row.failed_ms),
    },
    types: rows.map(({ type, items, attempts: tries, total_ms: ms }) => ({
      type,
      items,
      meanMs: ms / Math.max(1, tries),
      totalMs: ms,
    })),
  };
}
