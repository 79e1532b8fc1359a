import type { Job } from 'bullmq';
import { whileRedisAnswers } from '@/lib/config/redis';
import type { JobType } from '@/lib/job-types/catalogue';
import { isOwnDelivery } from '@/lib/queue/enqueue';
import type { Delivery } from '@/lib/queue/queues';
import { queueOf } from '@/lib/queue/queues';

/** A delivery of one of our jobs on a queue of an external type, as the queue reports it. */
export interface ExternalDelivery {
  rowId: string;
  state: 'active' | 'completed' | 'failed' | 'waiting';
  startedAt: number | null;
  /** attempts that external workers have ended */
  attempts: number;
  result: unknown;
  failure: string;
  progress: unknown;
  /** Removes it from the queue, once it was recorded or is not wanted any more. */
  remove(): Promise<void>;
}

/** Lists deliveries of one state, the oldest first. Jobs that external clients added for themselves are left out. */
export async function listExternalDeliveries(
  type: JobType,
  state: ExternalDelivery['state'],
  limit: number,
): Promise<ExternalDelivery[]> {
  for (let from = 0; ; from += limit) {
    const { own, isLast } = await readPage(type, state, { from, limit });
    if (own.length > 0 || isLast) return own;
  }
}

/** Reads a part of the deliveries of one state, the oldest first. `isLast`: there is nothing after it. */
export async function readPage(
  type: JobType,
  state: ExternalDelivery['state'],
  { from, limit }: { from: number; limit: number },
): Promise<{ own: ExternalDelivery[]; isLast: boolean }> {
  const states = state === 'waiting' ? (['waiting', 'prioritized', 'delayed'] as const) : ([state] as const);
  const jobs = await whileRedisAnswers(() => queueOf(type).getJobs([...states], from, from + limit - 1, true));
  const own = jobs.flatMap((job) => (job && isOwnDelivery(job) ? externalDelivery(job, state) : []));
  return { own, isLast: jobs.length < limit };
}

function externalDelivery(job: Job<Delivery>, state: ExternalDelivery['state']): ExternalDelivery {
  return {
    rowId: job.data.jobId,
    state,
    startedAt: job.processedOn ?? null,
    attempts: job.attemptsMade,
    result: job.returnvalue ?? null,
    failure: job.failedReason ?? '',
    progress: job.progress,
    async remove() {
      await job.remove().catch((error: Error) => {
        // A worker has just locked it. It is recorded when it ends.
        if (!error.message.includes('locked')) throw error;
      });
    },
  };
}
