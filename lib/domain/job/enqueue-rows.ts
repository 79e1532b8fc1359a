import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { traceEnqueued } from '@/lib/domain/monitoring/trace-making';
import { isExternalType, type JobType } from '@/lib/job-types/catalogue';
import { type Dispatchable, type EnqueueOptions, enqueue } from '@/lib/queue/enqueue';
import type { QueueName } from '@/lib/queue/queues';

interface Target extends EnqueueOptions {
  /** the type of the rows */
  type: JobType;
  /** by default the queue of the type */
  queue?: QueueName;
  /** the batch of all rows that have no `batchId` of their own */
  batchId?: string;
}

/**
 * Adds rows of one type to a queue, and reports it to their traces. Rows of external types are sent with their data,
 * because external workers can't read rows. @throws if the queue is unavailable
 */
export async function enqueueRows<R extends Dispatchable & { batchId?: string | null; flowId?: string | null }>(
  rows: R[],
  { type, queue = type, batchId, ...options }: Target,
): Promise<void> {
  const from = Date.now();
  await enqueue(queue, await withPayload(type, rows), options);
  traceEnqueued(queue, rows, from, batchId);
}

async function withPayload<R extends Dispatchable>(type: JobType, rows: R[]): Promise<R[]> {
  if (!isExternalType(type)) return rows;
  const { rows: found } = await pool().query<{ id: string } & NonNullable<Dispatchable['payload']>>(
    sql`select id, data, backoff from job where id = any(${rows.map((r) => r.id)}::uuid[])`,
  );
  const payloads = new Map(found.map(({ id, data, backoff }) => [id, { data, backoff }]));
  return rows.map((row) => ({ ...row, payload: payloads.get(row.id) }));
}
