import { logger } from '@/lib/config/logger';
import { startTracing } from '@/lib/config/start-tracing';
import { closePool } from '@/lib/db/pool';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { closeEvents } from '@/lib/events/relay';
import { closeQueues } from '@/lib/queue/queues';
import { childProcessManager } from './child-process-manager';
import { STOP_MS } from './runtime/supervisor';
import { withTimeout } from './runtime/with-timeout';

/** The worker entrypoint: runs the supervisor of this machine until a signal, or the end of its parent process. */
let stopping = false;
const stopTracing = await startTracing('supervisor');

async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, `The workers are stopping (${reason}).`);
  await childProcessManager.stop();
  await withTimeout('Writing counters', STOP_MS.close, flushMonitoring);
  await withTimeout('Closing connections', STOP_MS.close, async () => {
    await Promise.allSettled([closeQueues(), closeEvents()]);
    await closePool();
  });
  await withTimeout('Sending the last traces', STOP_MS.close, stopTracing);
  process.exit(0);
}

const stopOrDie = (reason: string) => () => {
  stop(reason).catch((error: unknown) => {
    logger.fatal({ err: error }, 'The workers could not stop in order and exit. Their jobs will be requeued.');
    process.exit(1);
  });
};

process.on('SIGINT', stopOrDie('SIGINT'));
process.on('SIGTERM', stopOrDie('SIGTERM'));
// `npm start` is the parent process. If it ends, nothing else would stop this process.
process.on('disconnect', stopOrDie('disconnect'));

await childProcessManager.start();
logger.info('The workers are ready.');
// To `npm start workers`, which has no dashboard to ask.
process.send?.('ready');
