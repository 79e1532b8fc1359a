import type { BackoffOptions, FlowJob } from 'bullmq';
import { whileRedisAnswers } from '@/lib/config/redis';
import type { Backoff } from '@/lib/contracts/job';
import { digitsAsText } from '@/lib/contracts/json';
import type { JobType } from '@/lib/job-types/catalogue';
import type { Delivery } from './queues';
import { flowProducer, type QueueName, queueOf } from './queues';

/** A row to enqueue. */
export interface Dispatchable {
  id: string;
  /** higher first, 0–1000 */
  priority: number;
  /** attempts that are left */
  attempts: number;
  /** milliseconds until it is due */
  delayMs?: number;
  /** the database's time in milliseconds from which `delayMs` counts; by default this machine's clock */
  asOf?: number;
  /** number of its delivery, 0 for the first. A dead consumer may still hold an older one */
  delivery: number;
  correlationId?: string | null;
  /** for external workers, which can't read rows */
  payload?: { data: unknown; backoff: Backoff | null } | undefined;
}

/** BullMQ priority before all children of batches and after all single jobs. */
export const FRONT = 1002;
/** Before everything that has a priority, single jobs too. */
const BEFORE_ALL = 0;

/** BullMQ's highest priority is 1, and 0 would pass all others. Single jobs go before children of batches. */
const bullPriority = (priority: number, single: boolean): number => (single ? 1 : FRONT) + (1000 - priority);

/** Returns the id of a delivery in the queue. It contains the row's id, so that adding it is idempotent. */
export const deliveryId = (id: string, delivery: number): string => (delivery === 0 ? id : `${id}.${delivery}`);

/** Returns whether a queue job is a delivery of ours: it carries a row's id, and its own id begins with that. */
export const isOwnDelivery = (job: {
  id?: string | undefined;
  data?: unknown;
}): job is { id: string; data: Delivery } => {
  const { jobId } = (job.data ?? {}) as { jobId?: unknown };
  return typeof jobId === 'string' && (job.id === jobId || job.id?.startsWith(`${jobId}.`) === true);
};

/** The name of the backoff whose delay the consumer decides (workers/runtime/retry-policy.ts). */
export const ROW_BACKOFF = 'row';

/** The options of a delivery. `single`: not the child of a batch. */
const optionsOf = (row: Dispatchable, { single }: { single: boolean }) => ({
  jobId: deliveryId(row.id, row.delivery),
  priority: bullPriority(row.priority, single),
  ...(row.attempts > 1 ? { attempts: row.attempts, ...backoffOf(row) } : {}),
  ...(row.delayMs ? { delay: Math.ceil(row.delayMs) } : {}),
  ...(row.delayMs && row.asOf ? { timestamp: Math.floor(row.asOf) } : {}),
  // Kept until the outcome is recorded. These options override those of the external worker.
  ...(row.payload ? { removeOnComplete: false, removeOnFail: false } : {}),
});

function backoffOf({ payload }: Dispatchable): { backoff?: BackoffOptions } {
  if (!payload) return { backoff: { type: ROW_BACKOFF } };
  return payload.backoff ? { backoff: payload.backoff } : {};
}

/**
 * Returns the payload of a delivery: the row's id, and for external workers the row's data. BullMQ writes numbers as
 * doubles, so a number with more digits is sent as text.
 */
const dataOf = (row: Dispatchable): Delivery => ({
  ...(row.payload ? asObject(digitsAsText(row.payload.data)) : {}),
  jobId: row.id,
  ...(row.correlationId ? { correlationId: row.correlationId } : {}),
});

const asObject = (data: unknown): object =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? data : { data };

export interface EnqueueOptions {
  /** a single job, not the child of a batch: it is delivered first */
  single: boolean;
  /** rows that one delivery may carry (a bundle); more than 1 only if single deliveries would cost too much */
  together?: number;
}

/** Adds rows to a queue. Idempotent by id: a delivery that is there already stays. @throws if the queue is unavailable */
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
      // Rows of a bundle that need another attempt get deliveries of their own.
      opts: optionsOf(rows.length === 1 ? row : { ...row, attempts: 1 }, { single: options.single }),
    };
  });
  await whileRedisAnswers(() => queueOf(name).addBulk(deliveries));
}

/** Bundles neighbors of the same priority into one delivery. A redelivered or delayed row gets its own delivery. */
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

/** A row and the rows that it waits for. */
export interface QueueTree {
  name: JobType;
  row: Dispatchable;
  children: QueueTree[];
}

/**
 * Adds whole trees, all or none: the queue delivers a parent when its children have ended. The rows decide what a failed
 * child means, so in the queue a failed child releases its parent. @throws if the queue is unavailable
 */
export async function addTrees(trees: QueueTree[]): Promise<void> {
  if (trees.length > 0) await whileRedisAnswers(() => flowProducer().addBulk(trees.map((tree) => flowJob(tree))));
}

function flowJob({ name, row, children }: QueueTree, { isChild = false } = {}): FlowJob {
  return {
    name,
    queueName: name,
    data: dataOf(row),
    opts: { ...optionsOf(row, { single: true }), ...(isChild ? { removeDependencyOnFailure: true } : {}) },
    ...(children.length > 0 ? { children: children.map((child) => flowJob(child, { isChild: true })) } : {}),
  };
}

/**
 * Moves waiting deliveries of batches in front of those of all other batches, or of single jobs too. A delivery that is
 * not waiting any more, and a row in a bundle of another row, stay where they are. @throws if the queue is unavailable
 */
export async function moveToFront(
  name: QueueName,
  rows: { id: string; delivery: number }[],
  { before }: { before: 'batches' | 'all' },
): Promise<void> {
  const queue = queueOf(name);
  const priority = before === 'all' ? BEFORE_ALL : FRONT;
  await Promise.all(
    rows.map(async (row) => {
      const job = await whileRedisAnswers(() => queue.getJob(deliveryId(row.id, row.delivery)));
      await job?.changePriority({ priority }).catch((error: Error) => {
        // The delivery ended between the two calls.
        if (!error.message.startsWith('Missing key')) throw error;
      });
    }),
  );
}
