import { DelayedError, type Job, type Worker } from 'bullmq';
import { connectionTrouble } from '@/lib/config/redis';
import { type Delivery, queueClasses } from '@/lib/queue/backend';
import { ROW_DECIDES } from './row-decides';

/** How long a message waits for a program that handles its topic. */
const ELSEWHERE_MS = 1000;

/**
 * Opens a worker that passes deliveries on without claiming their rows: what they lead to does that.
 * @param handle false: nobody here handles it; it is offered again a moment later
 */
export function openMessages(
  name: 'callback',
  concurrency: number,
  handle: (jobId: string) => Promise<boolean>,
): Worker<Delivery> {
  const { Worker } = queueClasses();
  const worker = new Worker(
    name,
    async (job: Job<Delivery>, token?: string) => {
      const handled = await Promise.all((job.data.jobIds ?? [job.data.jobId]).map(handle));
      if (handled.every(Boolean)) return;
      await job.moveToDelayed(Date.now() + ELSEWHERE_MS, token);
      throw new DelayedError();
    },
    { concurrency, ...ROW_DECIDES },
  );
  worker.on('error', (error) => connectionTrouble(error, { queue: name }, 'worker connection'));
  return worker;
}
