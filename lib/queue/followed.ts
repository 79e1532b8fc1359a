import type { Job } from 'bullmq';
import { whileRedisAnswers } from '@/lib/config/redis';
import type { JobType } from '@/lib/job-types/catalogue';
import type { Delivery } from './backend';
import { isOwn } from './foreign';
import { queueOf } from './queues';

/** A delivery that another client's worker has taken or ended, as the queue tells it. */
export interface Followed {
  rowId: string;
  state: 'active' | 'completed' | 'failed' | 'waiting';
  startedAt: number | null;
  /** attempts that the worker has ended */
  attempts: number;
  result: unknown;
  failure: string;
  progress: unknown;
  /** takes it out of the queue: what has been seen is not kept */
  forget(): Promise<void>;
}

/** Deliveries of one state, the oldest first; jobs that others put there for themselves are passed over. */
export async function listFollowed(type: JobType, state: Followed['state'], most: number): Promise<Followed[]> {
  const states = state === 'waiting' ? (['waiting', 'prioritized', 'delayed'] as const) : ([state] as const);
  for (let at = 0; ; at += most) {
    const jobs = await whileRedisAnswers(() => queueOf(type).getJobs([...states], at, at + most - 1, true));
    const own = jobs.flatMap((job) => (job && isOwn(job) ? followed(job, state) : []));
    if (own.length > 0 || jobs.length < most) return own;
  }
}

function followed(job: Job<Delivery>, state: Followed['state']): Followed {
  return {
    rowId: job.data.jobId,
    state,
    startedAt: job.processedOn ?? null,
    attempts: job.attemptsMade,
    result: job.returnvalue ?? null,
    failure: job.failedReason ?? '',
    progress: job.progress,
    async forget() {
      await job.remove().catch((error: Error) => {
        // Somebody holds it just now: it is seen again at its end.
        if (!error.message.includes('locked')) throw error;
      });
    },
  };
}
