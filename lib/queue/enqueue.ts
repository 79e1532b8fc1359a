import type { BackoffOptions } from 'bullmq';
import { whileRedisAnswers } from '@/lib/config/redis';
import type { Backoff } from '@/lib/contracts/job';
import { digitsAsText } from '@/lib/contracts/json';
import type { Delivery } from './backend';
import { type QueueName, queueOf } from './queues';

/** One row to be delivered. */
export interface Dispatchable {
  id: string;
  /** higher first, 0–1000 */
  priority: number;
  /** attempts that are left */
  attempts: number;
  /** milliseconds until it is due */
  delayMs?: number;
  /** the database's time in milliseconds as of which `delayMs` counts; this machine's clock where it is not given */
  asOf?: number;
  /** 0 for the first; a later one stands beside an older one that a dead consumer may still hold */
  delivery: number;
  correlationId?: string | null;
  /** for a worker that is not ours and knows no rows */
  payload?: { data: unknown; backoff: Backoff | null } | undefined;
}

/** Before every child of a batch, and behind every single job. */
export const FRONT = 1002;

/** BullMQ counts the other way round, and 0 would pass all others. Single jobs go before children of batches. */
const bullPriority = (priority: number, single: boolean): number => (single ? 1 : FRONT) + (1000 - priority);

/** The id of a delivery: the row's id, so that adding it twice adds it once. */
export const deliveryId = (id: string, delivery: number): string => (delivery === 0 ? id : `${id}.${delivery}`);

/** Returns whether a queue job is a delivery of ours: it carries a row's id, and its own id begins with that. */
export const isOwnDelivery = (job: {
  id?: string | undefined;
  data?: unknown;
}): job is { id: string; data: Delivery } => {
  const { jobId } = (job.data ?? {}) as { jobId?: unknown };
  return typeof jobId === 'string' && (job.id === jobId || job.id?.startsWith(`${jobId}.`) === true);
};

/** The name of the backoff that the consumer decides by itself, from the row. */
export const ROW_BACKOFF = 'row';

/** The options of a delivery. `single`: not the child of a batch. */
export const optionsOf = (row: Dispatchable, single: boolean) => ({
  jobId: deliveryId(row.id, row.delivery),
  priority: bullPriority(row.priority, single),
  ...(row.attempts > 1 ? { attempts: row.attempts, ...backoffOf(row) } : {}),
  ...(row.delayMs ? { delay: Math.ceil(row.delayMs) } : {}),
  ...(row.delayMs && row.asOf ? { timestamp: Math.floor(row.asOf) } : {}),
  // Kept until it was seen how it ended, whatever the worker's own options say.
  ...(row.payload ? { removeOnComplete: false, removeOnFail: false } : {}),
});

function backoffOf({ payload }: Dispatchable): { backoff?: BackoffOptions } {
  if (!payload) return { backoff: { type: ROW_BACKOFF } };
  return payload.backoff ? { backoff: payload.backoff } : {};
}

/**
 * What a delivery carries: the row's id; for other clients' workers the row's data with it. BullMQ writes JSON with
 * doubles, so that a number with more digits goes as text.
 */
export const dataOf = (row: Dispatchable): Delivery => ({
  ...(row.payload ? asObject(digitsAsText(row.payload.data)) : {}),
  jobId: row.id,
  ...(row.correlationId ? { correlationId: row.correlationId } : {}),
});

const asObject = (data: unknown): object =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? data : { data };

export interface EnqueueOptions {
  /** a job of its own, not the child of a batch: goes first */
  single: boolean;
  /** rows that one delivery may carry: more than one only where delivering each by itself would cost too much */
  together?: number;
}

/** Hands rows to the queue. Idempotent by id: what is already there is left alone. @throws when the queue is away */
export async function enqueue(name: QueueName, rows: Dispatchable[], options: EnqueueOptions): Promise<void> {
  if (rows.length === 0) return;
  const deliveries = bundle(rows, options.together ?? 1).map((rows) => {
    const [row] = rows;
    return {
      name,
      data: {
        ...dataOf(row),
        ...(rows.length > 1 ? { jobIds: rows.map((r) => r.id) } : {}),
      },
      // The rows of a bundle that need another attempt get deliveries of their own.
      opts: optionsOf(rows.length === 1 ? row : { ...row, attempts: 1 }, options.single),
    };
  });
  await whileRedisAnswers(() => queueOf(name).addBulk(deliveries));
}

/** Neighbors of the same priority in one delivery; what is delivered again or later goes alone. */
function bundle(rows: Dispatchable[], size: number): [Dispatchable, ...Dispatchable[]][] {
  const bundles: [Dispatchable, ...Dispatchable[]][] = [];
  const alone = (row: Dispatchable) => row.payload !== undefined || row.delivery > 0 || Boolean(row.delayMs);
  for (const row of rows) {
    const last = bundles.at(-1);
    const alike = last && last[0].priority === row.priority && last[0].correlationId === row.correlationId;
    if (alike && last.length < size && !alone(row) && !alone(last[0])) last.push(row);
    else bundles.push([row]);
  }
  return bundles;
}
