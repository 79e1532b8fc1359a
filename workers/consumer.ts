import { gracePeriod } from '@/lib/config/grace-period';
import { logger } from '@/lib/config/logger';
import { enterYard } from '@/lib/config/place';
import { startTracing } from '@/lib/config/start-tracing';
import type { ConsumerMessage, SupervisorMessage } from '@/lib/contracts/ipc';
import { closePool } from '@/lib/db/pool';
import { retryForever } from '@/lib/db/retry-forever';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { storeCode } from '@/lib/domain/worker/code-version';
import { holdLivenessLock } from '@/lib/domain/worker/liveness-lock';
import { releaseConsumer, requeueLostClaims } from '@/lib/domain/worker/release-consumer';
import { closeEvents } from '@/lib/events/relay';
import { hurryGatherers } from '@/lib/job-types/gatherer';
import { loadJobs } from '@/lib/own-jobs/load-jobs';
import { closeQueues } from '@/lib/queue/queues';
import { type Claimer, createClaimer, createRecorder, type Recorder } from './runtime/claim-and-record';
import { openWorkers } from './runtime/consume';
import { IpcBuffer } from './runtime/ipc-buffer';
import { Prefetcher } from './runtime/prefetcher';
import { ReportBuffer } from './runtime/report-buffer';
import { RunningAttempts } from './runtime/running-attempts';
import { warmUp } from './runtime/warm-up';
import { withTimeout } from './runtime/with-timeout';

/** A consumer: the process that runs jobs. Forked by the supervisor with its id and, for suspects, `quarantine`. */
const consumerId = Number(process.argv[2]);
const quarantine = process.argv[3] === 'quarantine';

const send = (message: ConsumerMessage): void => {
  // Without a supervisor the message is dropped: the rows have the same information.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

enterYard();
const stopTracing = await startTracing('consumer');
const releaseLock = holdLivenessLock(consumerId);
const ipc = new IpcBuffer(send);
const reports = new ReportBuffer();
const running = new RunningAttempts();
const prefetcher = new Prefetcher(consumerId);
const outcomes = createRecorder(consumerId, ipc, prefetcher);
const claimer = createClaimer(consumerId, { quarantine });
/** when rows may have been claimed last: the statement that records an outcome claims the next row */
let claimedAt = 0;
const noteClaim = (): void => {
  claimedAt = Date.now();
};
const claim: Claimer = (request) => claimer(request).finally(noteClaim);
const recorder: Recorder = {
  record: (...args) => outcomes.record(...args).finally(noteClaim),
  drain: () => outcomes.drain(),
};
// Jobs that come first do not wait for it: it runs while the queue connections are opened.
const warm = retryForever('Opening the connections for claims', () => warmUp({ consumerId, quarantine }));
// The workers are opened for the types whose code is there.
const own = await loadJobs({ alone: quarantine });
// Before it is ready, so that the version of each attempt is known. It runs beside the opening of the queues.
const codeStored = retryForever('Storing the version of the code', () => storeCode(consumerId, own));
const workers = openWorkers({ claim, recorder, reports, ipc, running, prefetcher }, { quarantine });

const LOAD_EVERY_MS = 1000;
let cpu = process.cpuUsage();
let measuredAt = performance.now();
const reportLoad = (): void => {
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - measuredAt;
  cpu = process.cpuUsage();
  measuredAt = performance.now();
  const cpuPercent = Math.round((user + system) / 10 / ms);
  send({ type: 'load', active: running.size, memoryBytes: process.memoryUsage.rss(), cpuPercent });
};
const load = setInterval(reportLoad, LOAD_EVERY_MS);

/** Requeues rows that the database assigns to this consumer and that it does not run: the claim's response was lost. */
const RECONCILE_EVERY_MS = 5000;
/** After the last claim it goes on for this long, because the response that was lost may have been the last one. */
const RECONCILE_FOR_MS = 60_000;
const reconcile = setInterval(() => {
  if (Date.now() - claimedAt > RECONCILE_FOR_MS) return;
  requeueLostClaims(consumerId, [...running.jobIds, ...prefetcher.jobIds]).catch((error: unknown) =>
    logger.warn(
      { err: error, consumerId },
      `Requeuing rows whose claim was lost failed. Trying again in ${RECONCILE_EVERY_MS / 1000} s.`,
    ),
  );
}, RECONCILE_EVERY_MS);

/** An unavailable queue takes no acknowledgement. It delivers those jobs again later, and no row will be claimed. */
const ACKNOWLEDGE_MS = gracePeriod(2000);
const FLUSH_MS = 2000;
const CLOSE_MS = 500;
let stopping: Promise<void> | undefined;

/** Takes no more deliveries, lets attempts end and be recorded, then exits. The supervisor limits how long that takes. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    hurryGatherers();
    // Other processes can run what has not started.
    const returned = prefetcher.close();
    await running.allEnded(Promise.all(workers.map((worker) => worker.close())), ACKNOWLEDGE_MS);
    await Promise.all([returned, recorder.drain()]);
    await prefetcher.close();
    await withTimeout('Writing progress, logs and counters', FLUSH_MS, () =>
      Promise.all([reports.flush(), flushMonitoring()]),
    );
    await ipc.flush();
    clearInterval(load);
    clearInterval(reconcile);
    await withTimeout('Closing connections', CLOSE_MS, async () => {
      await Promise.allSettled([closeQueues(), closeEvents(), releaseLock()]);
      await closePool();
    });
    await withTimeout('Sending the last traces', CLOSE_MS, stopTracing);
    // Exiting at once could cut off the last messages to the supervisor.
    setImmediate(() => process.exit(0));
  })();
  return stopping;
}

const stopOrDie = (): void => {
  stop().catch((error: unknown) => {
    logger.error({ err: error }, 'A consumer could not stop in order and exits. Its jobs will be requeued.');
    process.exit(1);
  });
};

/** Own types of other machines: a workflow may launch them. */
const readTypesAgain = () =>
  refreshTypes().catch((error: unknown) =>
    logger.warn({ err: error }, 'Own job types could not be read. The last known ones stay.'),
  );

process.on('message', (message: SupervisorMessage) => {
  if (message.type === 'abort') running.abort(message);
  else if (message.type === 'job-types') void readTypesAgain();
  else stopOrDie();
});

// Ctrl-C in a terminal reaches every process of the group. Consumers wait for the supervisor's message.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', stopOrDie);

/** How long the attempts of a consumer without a supervisor may go on. Nothing can cancel or supervise them any more. */
const ORPHAN_MS = 4000;
const RELEASE_MS = 2000;
process.on('disconnect', () => {
  const requeueAndExit = async (): Promise<void> => {
    await withTimeout('Requeuing the jobs of a consumer without a supervisor', RELEASE_MS, () =>
      releaseConsumer(consumerId, 'stopped', 'orphaned'),
    );
    process.exit(1);
  };
  setTimeout(() => void requeueAndExit(), ORPHAN_MS);
  stopOrDie();
});

await retryForever('Opening the queues', () => Promise.all(workers.map((worker) => worker.waitUntilReady())));
await Promise.all([warm, codeStored, readTypesAgain()]);
send({ type: 'ready', consumerId });
