import { whileRedisAnswers } from '@/lib/config/redis';
import { isExternalType } from '@/lib/job-types/catalogue';
import { deliveryId, isOwnDelivery } from './enqueue';
import { type QueueName, queueOf } from './queues';

/** A row that was handed to a queue. */
export interface Handed {
  id: string;
  delivery: number;
  /** the id of its delivery, where another client brought it */
  queue_job_id?: string | null;
  /** it is overdue: where its queue still holds it back, that counts by a clock that differs from the database's */
  late?: boolean;
}

/** A waiting row whose delivery is in none of the states that lead to a consumer. */
const NOWHERE = new Set(['unknown', 'completed', 'failed', 'waiting-children']);

/** Ids that are looked up at once. */
const LOOKS = 100;

/**
 * Which of these rows have no delivery in the queue: they were lost, or never arrived.
 * Bounded by the caller; looks up each id, never lists the queue.
 */
export async function findMissing(name: QueueName, rows: Handed[]): Promise<string[]> {
  const queue = queueOf(name);
  const external = isExternalType(name);
  const missing: Handed[] = [];
  const look = async (row: Handed) => {
    const id = row.queue_job_id ?? deliveryId(row.id, row.delivery);
    const state = await whileRedisAnswers(() => queue.getJobState(id));
    // What other workers have ended stays until it was seen.
    if (row.late && state === 'delayed' && !external) missing.push(row);
    else if (NOWHERE.has(state) && !(external && (state === 'completed' || state === 'failed'))) missing.push(row);
  };
  for (let i = 0; i < rows.length; i += LOOKS) await Promise.all(rows.slice(i, i + LOOKS).map(look));
  // Only a first delivery can be one of a bundle, which goes by the id of its first row.
  const bundled = missing.some((row) => row.delivery === 0) ? await listBundled(name) : new Set();
  return missing.filter((row) => row.delivery > 0 || !bundled.has(row.id)).map((row) => row.id);
}

/** More than the consumers of a yard hold at once. */
const MAX_ACTIVE = 10_000;

/** Rows that wait or run in a delivery together with others. */
async function listBundled(name: QueueName): Promise<Set<string>> {
  const states = ['waiting', 'prioritized', 'active'] as const;
  const jobs = await whileRedisAnswers(() => queueOf(name).getJobs([...states], 0, MAX_ACTIVE - 1));
  return new Set(jobs.flatMap((job) => (job && isOwnDelivery(job) && job.data.jobIds) || []));
}

/** Rows whose delivery some consumer, alive or dead, has taken from the queue. */
export async function listTaken(name: QueueName): Promise<string[]> {
  const jobs = await whileRedisAnswers(() => queueOf(name).getJobs(['active'], 0, MAX_ACTIVE - 1));
  // A job that ends while the list is read is a hole in it.
  return jobs.flatMap((job) => (job && isOwnDelivery(job) ? (job.data.jobIds ?? job.data.jobId) : []));
}

/** Deliveries that wait in a queue. */
export async function countWaiting(name: QueueName): Promise<number> {
  const counts = await whileRedisAnswers(() => queueOf(name).getJobCounts('waiting', 'prioritized'));
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}
