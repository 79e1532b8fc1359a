import { DelayedError, type Job, UnrecoverableError, WaitingChildrenError, type Worker } from 'bullmq';
import { logger } from '@/lib/config/logger';
import { connectionTrouble } from '@/lib/config/redis';
import { deliverAnew, redeliver } from '@/lib/domain/worker/redeliver';
import { keepForClient, runAdopted } from '@/lib/interop/run-adopted';
import { definitionOf, JOB_TYPES, type JobType } from '@/lib/job-types/catalogue';
import { type Delivery, queueClasses } from '@/lib/queue/backend';
import { isOwnDelivery } from '@/lib/queue/enqueue';
import { QUARANTINE_QUEUE, type QueueName } from '@/lib/queue/queues';
import { ROW_DECIDES } from './row-decides';
import { AgainLater, type Runtime, runDelivery } from './run-delivery';
import { Slots } from './slots';

/** A lock that isn't renewed for this long frees its delivery: only a blocked or dead process lets it run out. */
const LOCK_MS = 30_000;
const STALLED_CHECK_MS = 10_000;

/** Opens the BullMQ workers of this process: one per job type, or the one of the quarantine. */
export function openWorkers(runtime: Runtime, quarantine: boolean): Worker<Delivery>[] {
  return quarantine
    ? [openWorker(runtime, QUARANTINE_QUEUE, 1)]
    : JOB_TYPES.filter((type) => !definitionOf(type).external).map((type) =>
        openWorker(runtime, type, definitionOf(type).consumerConcurrency),
      );
}

/** One of them, also for a program that brings its own work. */
export function openWorker(runtime: Runtime, name: QueueName, concurrency: number): Worker<Delivery> {
  const { Worker } = queueClasses();
  // A delivery may carry several rows: the type's concurrency is kept for rows, not for deliveries.
  const slots = new Slots(concurrency);
  const work = (job: Job<Delivery>, token?: string) =>
    name === QUARANTINE_QUEUE
      ? deliverSuspect(runtime, job)
      : !isOwnDelivery(job)
        ? slots.run(() => deliver(runtime, job, token, () => deliverExternal(runtime, name as JobType, job, token)))
        : job.data.jobIds
          ? deliverBundle(runtime, slots, job)
          : slots.run(() => deliver(runtime, job, token));
  const worker = new Worker(name, work, {
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    ...ROW_DECIDES,
    // The backoff named "row": the delay that was just recorded, or -1 for none.
    settings: { backoffStrategy: (_made, _type, error) => (error instanceof AgainLater ? error.delayMs : -1) },
  });
  // Before it is processed: BullMQ fails a parent with `failParentOnFailure` without asking anybody.
  worker.on('active', (job) => {
    if (!isOwnDelivery(job)) keepForClient(job);
  });
  worker.on('error', (error) => connectionTrouble(error, { queue: name }, 'worker connection'));
  return worker;
}

/** What BullMQ itself understands of what a processor throws. */
const FOR_THE_QUEUE = [DelayedError, UnrecoverableError, WaitingChildrenError];

async function deliver(
  runtime: Runtime,
  job: Job<Delivery>,
  token: string | undefined,
  run: () => Promise<unknown> = () =>
    runDelivery(runtime, job.data.jobId, job.stalledCounter > 0, job.data.correlationId),
): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (FOR_THE_QUEUE.some((kind) => error instanceof kind)) throw error;
    if (error instanceof AgainLater && !error.counts) {
      await job.moveToDelayed(Date.now() + error.delayMs, token);
      throw new DelayedError();
    }
    // Everything but "again later" is a fault of ours: said loudly, and the sweep puts the row right.
    if (!(error instanceof AgainLater)) logger.error(aboutDelivery(job, error), 'a delivery failed');
    throw error instanceof AgainLater ? error : new UnrecoverableError(String(error));
  }
}

/** Runs a job that an external client added: its row is made first. */
const deliverExternal = (runtime: Runtime, type: JobType, job: Job, token: string | undefined): Promise<unknown> =>
  runAdopted(type, job, token, (jobId, { redelivered, onProgress }) =>
    runDelivery({ ...runtime, onProgress }, jobId, redelivered),
  );

/** Runs a suspect. Where it waits for another attempt it has proved innocent: that one is for the queue of its type. */
async function deliverSuspect(runtime: Runtime, job: Job<Delivery>): Promise<void> {
  try {
    await runDelivery(runtime, job.data.jobId, job.stalledCounter > 0, job.data.correlationId);
  } catch (error) {
    if (error instanceof AgainLater) return deliverAnew(job.data.jobId);
    logger.error(aboutDelivery(job, error), 'a delivery failed');
    throw new UnrecoverableError(String(error));
  }
}

const aboutDelivery = (job: Job<Delivery>, err: unknown) => ({
  err,
  jobId: job.id,
  correlationId: job.data.correlationId,
});

/** Runs the rows of a delivery that carries several. Those that need another attempt get deliveries of their own. */
async function deliverBundle(runtime: Runtime, slots: Slots, job: Job<Delivery>): Promise<void> {
  const again: string[] = [];
  const one = async (jobId: string) => {
    try {
      await runDelivery(runtime, jobId, job.stalledCounter > 0, job.data.correlationId);
    } catch (error) {
      if (error instanceof AgainLater) again.push(jobId);
      else logger.error({ ...aboutDelivery(job, error), jobId }, 'a delivery failed');
    }
  };
  await Promise.all((job.data.jobIds ?? []).map((jobId) => slots.run(() => one(jobId))));
  await redeliver(again.map((id) => ({ id, delivery: 0 })));
}
