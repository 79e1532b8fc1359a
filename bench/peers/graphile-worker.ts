import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { until } from '@/lib/testing/until';
import { compete, countdown, inChunks, pause } from './peer';

/** The concurrency at which it is fastest with no-op jobs. */
const CONCURRENCY = 24;
const TASK = 'noop';

const logger = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message);
});

await compete(async (connectionString, localQueueSize) => {
  const pool = new pg.Pool({ connectionString, max: 1 });
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  return {
    add: ({ count }) =>
      inChunks(count, 5000, (size) =>
        utils.addJobs(Array.from({ length: size }, () => ({ identifier: TASK, payload: { payload: 1 } }))),
      ),
    async drain({ count, concurrency = CONCURRENCY, durationMs }) {
      const { done, tick } = countdown(count);
      const began = performance.now();
      const runner = await run({
        connectionString,
        logger,
        noHandleSignals: true,
        taskList: {
          [TASK]: async () => {
            await pause(durationMs);
            tick();
          },
        },
        preset: {
          worker: {
            concurrentJobs: concurrency,
            maxPoolSize: concurrency + 2,
            localQueue: { size: Number(localQueueSize) },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      });
      await done;
      // A finished job is deleted.
      await until(
        'no job is left',
        async () => (await pool.query('select 1 from graphile_worker._private_jobs limit 1')).rows.length === 0,
        { everyMs: 5 },
      );
      const ms = performance.now() - began;
      await runner.stop();
      return ms;
    },
    async close() {
      await utils.release();
      await pool.end();
    },
  };
});
