import { whileRedisAnswers } from '@/lib/config/redis';
import { isExternalType, runnableTypes } from '@/lib/job-types/catalogue';
import { deliveryId, isOwnDelivery } from './enqueue';
import { type QueueName, queueOf } from './queues';

/** A row that was enqueued. */
export interface EnqueuedRow {
  id: string;
  delivery: number;
  /** the id of its first delivery, if an external client added it */
  queue_job_id?: string | null;
  /** it is overdue by the database's clock. If the queue still delays it, the queue uses another clock */
  late?: boolean;
}

/** States that lead to no consumer: a waiting row whose delivery is in one of them has lost it. */
const LOST_STATES = new Set(['unknown', 'completed', 'failed', 'waiting-children']);

/** Ids that are read at once. */
const PARALLEL = 100;

/**
 * Returns the ids of the rows that have no delivery in the queue: it was lost, or was never added. It reads each id and
 * never lists the queue; the caller limits the number of rows.
 */
export async function findMissing(name: QueueName, rows: EnqueuedRow[]): Promise<string[]> {
  const queue = queueOf(name);
  const external = isExternalType(name);
  const missing: EnqueuedRow[] = [];
  const check = async (row: EnqueuedRow) => {
    const id = row.queue_job_id ?? deliveryId(row.id, row.delivery);
    const state = await whileRedisAnswers(() => queue.getJobState(id));
    // Deliveries that external workers have ended stay until they were recorded.
    if (row.late && state === 'delayed' && !external) missing.push(row);
    else if (LOST_STATES.has(state) && !(external && (state === 'completed' || state === 'failed'))) missing.push(row);
  };
  for (let i = 0; i < rows.length; i += PARALLEL) await Promise.all(rows.slice(i, i + PARALLEL).map(check));
  // Only a first delivery can be in a bundle, whose id is that of its first row.
  const bundled = missing.some((row) => row.delivery === 0) ? await listBundled(name) : new Set();
  return missing.filter((row) => row.delivery > 0 || !bundled.has(row.id)).map((row) => row.id);
}

/** More than all consumers run at once. */
const MAX_ACTIVE = 10_000;

/** Rows that are waiting or active in a bundle. */
async function listBundled(name: QueueName): Promise<Set<string>> {
  const states = ['waiting', 'prioritized', 'active'] as const;
  const jobs = await whileRedisAnswers(() => queueOf(name).getJobs([...states], 0, MAX_ACTIVE - 1));
  return new Set(jobs.flatMap((job) => (job && isOwnDelivery(job) && job.data.jobIds) || []));
}

/** Rows whose delivery a consumer, alive or dead, has taken from the queue. */
export async function listTaken(name: QueueName): Promise<string[]> {
  const jobs = await whileRedisAnswers(() => queueOf(name).getJobs(['active'], 0, MAX_ACTIVE - 1));
  // A job that ends while the list is read is undefined in it.
  return jobs.flatMap((job) => (job && isOwnDelivery(job) ? (job.data.jobIds ?? job.data.jobId) : []));
}

/** Counts the waiting deliveries of a queue. */
export async function countWaiting(name: QueueName): Promise<number> {
  const counts = await whileRedisAnswers(() => queueOf(name).getJobCounts('waiting', 'prioritized'));
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

/** Counts the waiting deliveries that consumers of this machine could take. */
export async function countAllWaiting(): Promise<number> {
  const counts = await Promise.all(runnableTypes().map(countWaiting));
  return counts.reduce((sum, n) => sum + n, 0);
}

/** Returns the paused ones of these queues. The product pauses only batches: an external client or a board paused them. */
export async function listPaused(names: QueueName[]): Promise<QueueName[]> {
  const paused = await Promise.all(names.map((name) => whileRedisAnswers(() => queueOf(name).isPaused())));
  return names.filter((_, i) => paused[i]);
}

/** Resumes a queue. Idempotent. */
export const resumeQueue = (name: QueueName): Promise<void> => whileRedisAnswers(() => queueOf(name).resume());
