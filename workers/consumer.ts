import { logger } from '@/lib/config/logger';
import { startTracing } from '@/lib/config/start-tracing';
import type { ConsumerMessage, SupervisorMessage } from '@/lib/contracts/ipc';
import { closePool } from '@/lib/db/pool';
import { retryForever } from '@/lib/db/retry-forever';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { guardConsumer } from '@/lib/domain/worker/guard';
import { releaseForgotten } from '@/lib/domain/worker/release-consumer';
import { closeEvents } from '@/lib/events/relay';
import { closeQueues } from '@/lib/queue/queues';
import { briefly } from './runtime/briefly';
import { createClaimer } from './runtime/claimer';
import { openWorkers } from './runtime/consume';
import { Notes } from './runtime/notes';
import { Outbox } from './runtime/outbox';
import { createRecorder } from './runtime/recorder';
import { Running } from './runtime/running';

/** A consumer: the process that runs jobs. Forked by the supervisor with its id and, for suspects, `quarantine`. */
const consumerId = Number(process.argv[2]);
const quarantine = process.argv[3] === 'quarantine';

const send = (message: ConsumerMessage): void => {
  // Without a supervisor nobody listens; the rows say it all the same.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};

const stopTracing = await startTracing('consumer');
const letGo = guardConsumer(consumerId);
const outbox = new Outbox(send);
const notes = new Notes();
const running = new Running();
const recorder = createRecorder(outbox);
const claim = createClaimer(consumerId, quarantine);
const workers = openWorkers({ claim, recorder, notes, outbox, running }, quarantine);

const LOAD_EVERY_MS = 1000;
const load = setInterval(() => send({ type: 'load', active: running.size }), LOAD_EVERY_MS);

/** Rows that are ours by the book and that we know nothing of go back: the answer to their claim was lost. */
const RECONCILE_EVERY_MS = 5000;
const reconcile = setInterval(() => {
  releaseForgotten(consumerId, running.ids).catch((error: unknown) => logger.warn({ err: error }, 'reconcile'));
}, RECONCILE_EVERY_MS);

/** A queue that is gone takes no acknowledgement: it will deliver again what has ended, and nobody will claim it. */
const ACKNOWLEDGE_MS = 2000;
const NOTES_MS = 2000;
const CLOSE_MS = 500;
let stopping: Promise<void> | undefined;

/** Takes no more, lets what runs end and be recorded, then exits. The supervisor limits how long that may take. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    await Promise.race([Promise.all(workers.map((worker) => worker.close())), running.idleFor(ACKNOWLEDGE_MS)]);
    await recorder.drain();
    await briefly('writing notes and counters', NOTES_MS, () => Promise.all([notes.flush(), flushMonitoring()]));
    outbox.flush();
    clearInterval(load);
    clearInterval(reconcile);
    await briefly('closing connections', CLOSE_MS, async () => {
      await Promise.allSettled([closeQueues(), closeEvents(), letGo()]);
      await closePool();
    });
    await briefly('sending the last traces', CLOSE_MS, stopTracing);
    // Exiting at once could cut off the last messages to the supervisor.
    setImmediate(() => process.exit(0));
  })();
  return stopping;
}

const stopOrDie = (): void => {
  stop().catch((error: unknown) => {
    logger.error({ err: error }, 'a consumer could not stop in order');
    process.exit(1);
  });
};

process.on('message', (message: SupervisorMessage) => {
  if (message.type === 'abort') running.abort(message);
  else stopOrDie();
});

// The terminal's Ctrl-C reaches every process of the group; the supervisor says what to do.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', stopOrDie);

/** A consumer without a supervisor must not live on: another one will soon put its rows back. */
const ORPHAN_MS = 10_000;
process.on('disconnect', () => {
  setTimeout(() => process.exit(1), ORPHAN_MS).unref();
  stopOrDie();
});

await retryForever('Opening the queues', () => Promise.all(workers.map((worker) => worker.waitUntilReady())));
send({ type: 'ready', consumerId });
