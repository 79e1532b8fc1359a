import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { isPaused } from '@/lib/domain/pause/paused';
import { isExternalType, type JobType } from '@/lib/job-types/catalogue';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { enqueueRows } from './enqueue-rows';

interface WaitingRow {
  id: string;
  type: JobType;
  priority: number;
  attempts: number;
  delivery: number;
  batchId: string | null;
  flowId: string | null;
  single: boolean;
  correlationId: string | null;
  quarantined: boolean;
  delay_ms: number;
  as_of: number;
}

/**
 * Enqueues the given rows if they still wait. A delivery that is in the queue already is not added again.
 * @param together rows of one type that a first delivery may carry
 */
export async function deliverJobs(ids: string[], together = 1): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await pool().query<WaitingRow>(
    sql`select id, type, priority, greatest(max_attempts - attempts_made, 1) as attempts, delivery, batch_id as "batchId", flow_id as "flowId",
       batch_id is null as single,
       coalesce(correlation_id, (select b.correlation_id from batch b where b.id = batch_id)) as "correlationId", quarantined, greatest(coalesce(extract(epoch from run_at - now())::float8 * 1000, 0), 0) as delay_ms,
       extract(epoch from now())::float8 * 1000 as as_of
     from job where id = any(${ids}::uuid[]) and status in ('pending', 'delayed')
       -- what is due while everything is paused is delivered after the resume
       and not (${isPaused(sql`organization_id`)} and (run_at is null or run_at <= now()))`,
  );
  const groups = new Map<string, WaitingRow[]>();
  for (const row of rows) {
    const key = `${row.quarantined ? QUARANTINE_QUEUE : row.type}|${row.single}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const group of groups.values()) {
    const first = group[0];
    if (!first) continue;
    await enqueueRows(
      group.map(({ delay_ms: delayMs, as_of: asOf, ...row }) => ({ ...row, delayMs, asOf })),
      {
        type: first.type,
        queue: first.quarantined ? QUARANTINE_QUEUE : first.type,
        single: first.single,
        together,
      },
    );
  }
}

/** Enqueues one job whose row was just written. If the queue is unavailable, the sweep delivers it later. */
export async function deliverJob(id: string, correlationId: string | null): Promise<void> {
  await leaveToSweep(id, correlationId, () => deliverJobs([id]));
}

async function leaveToSweep(jobId: string, correlationId: string | null, deliver: () => Promise<void>): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    const level = isRedisAway(error) ? 'debug' : 'warn';
    logger[level]({ err: error, jobId, correlationId }, 'A job could not be enqueued. The sweep will deliver it.');
  }
}

/** Enqueues a single job that was just created, without reading its row again. */
export async function deliverNew(job: {
  id: string;
  type: JobType;
  priority: number;
  maxAttempts: number;
  correlationId: string;
  delayMs: number;
  asOf: number;
}): Promise<void> {
  // External workers read no row, so it is checked again here whether the job still waits.
  if (isExternalType(job.type)) return deliverJob(job.id, job.correlationId);
  const { id, type, priority, maxAttempts: attempts, correlationId, delayMs, asOf } = job;
  const row = { id, priority, attempts, correlationId, delayMs, asOf, delivery: 0 };
  await leaveToSweep(id, correlationId, () => enqueueRows([row], { type, single: true }));
}
