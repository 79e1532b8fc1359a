import { logger } from '@/lib/config/logger';
import { startTracing } from '@/lib/config/start-tracing';
import { closePool } from '@/lib/db/pool';
import { flushMonitoring } from '@/lib/domain/monitoring/track';
import { closeEvents } from '@/lib/events/relay';
import { closeQueues } from '@/lib/queue/queues';
import { childProcessManager } from './child-process-manager';
import { briefly } from './runtime/briefly';

/** The worker entrypoint: supervises the consumers of this machine until it is told to stop. */
let stopping = false;
const CLOSE_MS = 300;
const stopTracing = await startTracing('supervisor');

async function stop(reason: string): Promise<void> {
  if (stopping) return;
  stopping = true;
  logger.info({ reason }, 'workers stop');
  await childProcessManager.stop();
  await briefly('writing counters', CLOSE_MS, flushMonitoring);
  await briefly('closing connections', CLOSE_MS, async () => {
    await Promise.allSettled([closeQueues(), closeEvents()]);
    await closePool();
  });
  await briefly('sending the last traces', CLOSE_MS, stopTracing);
  process.exit(0);
}

const stopOrDie = (reason: string) => () => {
  stop(reason).catch((error: unknown) => {
    logger.fatal({ err: error }, 'workers could not stop in order');
    process.exit(1);
  });
};

process.on('SIGINT', stopOrDie('SIGINT'));
process.on('SIGTERM', stopOrDie('SIGTERM'));
// Started by `npm start`: without it nobody would ever stop us.
process.on('disconnect', stopOrDie('disconnect'));

await childProcessManager.start();
logger.info('workers ready');
