import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { traceHandingOver } from '@/lib/domain/monitoring/trace-making';
import { isExternalType, type JobType } from '@/lib/job-types/catalogue';
import { enqueue } from '@/lib/queue/enqueue';
import { QUARANTINE_QUEUE } from '@/lib/queue/queues';
import { withPayload } from './with-payload';

interface Row {
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
 * Hands the given waiting rows to their queues again; the queue takes each delivery once.
 * @param together rows of one type that a first delivery may carry
 */
export async function deliverJobs(ids: string[], together = 1): Promise<void> {
  if (ids.length === 0) return;
  const from = Date.now();
  const { rows } = await pool().query<Row>(
    sql`select id, type, priority, greatest(max_attempts - attempts_made, 1) as attempts, delivery, batch_id as "batchId", flow_id as "flowId",
       batch_id is null as single,
       coalesce(correlation_id, (select b.correlation_id from batch b where b.id = batch_id)) as "correlationId", quarantined, greatest(coalesce(extract(epoch from run_at - now())::float8 * 1000, 0), 0) as delay_ms,
       extract(epoch from now())::float8 * 1000 as as_of
     from job where id = any(${ids}::uuid[]) and status in ('pending', 'delayed')`,
  );
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.quarantined ? QUARANTINE_QUEUE : row.type}|${row.single}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const group of groups.values()) {
    const first = group[0];
    if (!first) continue;
    const name = first.quarantined ? QUARANTINE_QUEUE : first.type;
    await enqueue(
      name,
      await withPayload(
        first.type,
        group.map(({ delay_ms: delayMs, as_of: asOf, ...row }) => ({ ...row, delayMs, asOf })),
      ),
      { single: first.single, together },
    );
    traceHandingOver(name, group, from);
  }
}

/** The same for one job whose row was just written. If the queue is away, the sweep delivers it. */
export async function deliverJob(id: string, correlationId: string | null): Promise<void> {
  await orSweep(id, correlationId, () => deliverJobs([id]));
}

async function orSweep(jobId: string, correlationId: string | null, deliver: () => Promise<void>): Promise<void> {
  try {
    await deliver();
  } catch (error) {
    const level = isRedisAway(error) ? 'debug' : 'warn';
    logger[level]({ err: error, jobId, correlationId }, 'the queue did not take a job; the sweep will deliver it');
  }
}

/** The same for a single job that was written just now, whose row need not be read again. */
export async function deliverNew(job: {
  id: string;
  type: JobType;
  priority: number;
  maxAttempts: number;
  correlationId: string;
  delayMs: number;
  asOf: number;
}): Promise<void> {
  // Other clients' workers ask no row, so it is looked at once more whether the job is still wanted.
  if (isExternalType(job.type)) return deliverJob(job.id, job.correlationId);
  const { id, type, priority, maxAttempts: attempts, correlationId, delayMs, asOf } = job;
  const from = Date.now();
  await orSweep(id, correlationId, async () => {
    await enqueue(type, [{ id, priority, attempts, correlationId, delayMs, asOf, delivery: 0 }], { single: true });
    traceHandingOver(type, [{ id, correlationId }], from);
  });
}
