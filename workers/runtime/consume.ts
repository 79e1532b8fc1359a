import { DelayedError, type Job, UnrecoverableError, WaitingChildrenError, type Worker } from 'bullmq';
import { env } from '@/lib/config/env';
import { logger } from '@/lib/config/logger';
import { connectionTrouble } from '@/lib/config/redis';
import { deliverAnew, redeliver } from '@/lib/domain/worker/redeliver';
import { keepForClient, runAdopted } from '@/lib/interop/run-adopted';
import { definitionOf, type JobType, runnableTypes } from '@/lib/job-types/catalogue';
import { isOwnDelivery } from '@/lib/queue/enqueue';
import { type Delivery, QUARANTINE_QUEUE, type QueueName, queueClasses } from '@/lib/queue/queues';
import { DeliverAgain, type Runtime, runAttempt } from './attempt';
import { type Chain, Chains } from './chains';
import { ConcurrencyLimiter } from './concurrency-limiter';

/** The visibility timeout: a delivery whose lock is not renewed for this long is delivered again. */
const LOCK_MS = 30_000;
/** Rows of dead and unresponsive consumers are requeued long before: the check only removes what was not acknowledged. */
const STALLED_CHECK_MS = 60_000;

/** How a worker asks its queue. */
const polling = () => ({
  // Seconds. Markers and notifications wake a worker, and the sweep notices a marker that was lost (wakeWorkers).
  drainDelay: env().REDIS_URL ? 120 : 300,
  // BullMQ would wait 15 s after a refused connection: no work would run for so long after Postgres is back.
  runRetryDelay: 250,
});

/** The rows decide and are the history, so the queue does neither. */
const ROW_DECIDES = {
  // How many crashes a job may have is decided by its row: the queue itself never gives up on a delivery.
  maxStalledCount: 1_000_000,
  removeOnComplete: { count: 0 },
  removeOnFail: { count: 0 },
};

/** Opens the BullMQ workers of this process: one for each job type, or the only one of the quarantine. */
export function openWorkers(runtime: Runtime, { quarantine }: { quarantine: boolean }): Worker<Delivery>[] {
  return quarantine
    ? [openWorker(runtime, QUARANTINE_QUEUE, 1)]
    : runnableTypes().map((type) => openWorker(runtime, type, definitionOf(type).consumerConcurrency));
}

/** Opens one BullMQ worker. Programs that bring their own work use it too. @param concurrency rows at once */
export function openWorker(runtime: Runtime, name: QueueName, concurrency: number): Worker<Delivery> {
  const { Worker } = queueClasses();
  // A delivery may carry several rows, and the type's concurrency counts rows.
  const limiter = new ConcurrencyLimiter();
  let deliveries = 0;
  const chains = new Chains(name, {
    waiting: () => limiter.waiting,
    // A bundle occupies its place in the queue's worker while one of its rows runs.
    isFull: () => deliveries >= concurrency || limiter.isFull(concurrency),
    isClosing: () => Boolean(worker.closing),
  });
  const run = (job: Job<Delivery>, token?: string): Promise<unknown> => {
    if (name === QUARANTINE_QUEUE) return runQuarantined(runtime, job);
    if (!isOwnDelivery(job)) return limiter.run(concurrency, () => runExternal(runtime, name as JobType, job, token));
    if (job.data.jobIds) return runBundle(runtime, job, (one) => limiter.run(concurrency, one), chains);
    return limiter.run(concurrency, () => runSingle(runtime, job, token, chains.begin()));
  };
  const process = async (job: Job<Delivery>, token?: string): Promise<unknown> => {
    deliveries += 1;
    try {
      return await run(job, token);
    } finally {
      deliveries -= 1;
    }
  };
  const worker: Worker<Delivery> = new Worker(name, process, {
    concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    ...polling(),
    ...ROW_DECIDES,
    // The backoff named "row": the delay that was just recorded, or -1 for none.
    settings: { backoffStrategy: (_made, _type, error) => (error instanceof DeliverAgain ? error.delayMs : -1) },
  });
  // Before it is processed, because BullMQ itself may fail a parent with `failParentOnFailure`.
  worker.on('active', (job) => {
    if (!isOwnDelivery(job)) keepForClient(job);
  });
  worker.on('error', (error) => connectionTrouble(error, { queue: name }, 'worker connection'));
  return worker;
}

const rowOf = (job: Job<Delivery>, jobId = job.data.jobId) => ({
  jobId,
  redelivered: job.stalledCounter > 0,
  correlationId: job.data.correlationId,
});

const runSingle = (runtime: Runtime, job: Job<Delivery>, token: string | undefined, chain: Chain): Promise<unknown> =>
  answerQueue(job, token, () => runAttempt(runtime, rowOf(job), chain));

/** Runs a job that an external client added: its row is made first. */
const runExternal = (runtime: Runtime, type: JobType, job: Job, token: string | undefined): Promise<unknown> =>
  answerQueue(job, token, () =>
    runAdopted(type, job, token, (jobId, { redelivered, onProgress }) =>
      runAttempt({ ...runtime, onProgress }, { jobId, redelivered }),
    ),
  );

/** Errors that BullMQ itself understands. */
const BULLMQ_ERRORS = [DelayedError, UnrecoverableError, WaitingChildrenError];

/** Runs a delivery and turns what it throws into what BullMQ understands: again later, or never. */
async function answerQueue(job: Job, token: string | undefined, run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (BULLMQ_ERRORS.some((kind) => error instanceof kind)) throw error;
    if (!(error instanceof DeliverAgain)) throw unexpected(job, error);
    if (error.counts && job.attemptsMade + 1 < (job.opts.attempts ?? 1)) throw error;
    // Not counted, or the batch got more attempts after this was enqueued: the queue would give the delivery up.
    await job.moveToDelayed(Date.now() + error.delayMs, token);
    throw new DelayedError();
  }
}

/** Runs a suspect alone. If it waits for another attempt it did not crash, so that one goes to the queue of its type. */
async function runQuarantined(runtime: Runtime, job: Job<Delivery>): Promise<void> {
  try {
    await runAttempt(runtime, rowOf(job));
  } catch (error) {
    if (error instanceof DeliverAgain) return deliverAnew(job.data.jobId);
    throw unexpected(job, error);
  }
}

/** Runs the rows of a delivery that carries several. Rows that need another attempt get deliveries of their own. */
async function runBundle(
  runtime: Runtime,
  job: Job<Delivery>,
  limited: (run: () => Promise<void>) => Promise<void>,
  chains: Chains,
): Promise<void> {
  const again: string[] = [];
  const runOne = async (jobId: string) => {
    try {
      await runAttempt(runtime, rowOf(job, jobId), chains.begin());
    } catch (error) {
      if (error instanceof DeliverAgain) again.push(jobId);
      else unexpected(job, error, jobId);
    }
  };
  await Promise.all((job.data.jobIds ?? []).map((jobId) => limited(() => runOne(jobId))));
  await redeliver(again.map((id) => ({ id, delivery: 0 })));
}

/** Logs an error of our own: what processors throw is recorded, and never comes here. */
function unexpected(job: Job<Delivery>, err: unknown, jobId = job.id): UnrecoverableError {
  logger.error(
    { err, jobId, correlationId: job.data.correlationId },
    'A delivery failed because of an internal error. The sweep will deliver its row again.',
  );
  return new UnrecoverableError(String(err));
}

/** How long a message waits before it is offered again to a program that handles its topic. */
const OFFER_AGAIN_MS = 1000;

/**
 * Opens a worker that passes deliveries on without claiming their rows.
 * @param handle returns false if this program does not handle it: the queue offers it again a moment later
 */
export function openMessageWorker(
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
      await job.moveToDelayed(Date.now() + OFFER_AGAIN_MS, token);
      throw new DelayedError();
    },
    { concurrency, ...polling(), ...ROW_DECIDES },
  );
  worker.on('error', (error) => connectionTrouble(error, { queue: name }, 'worker connection'));
  return worker;
}
