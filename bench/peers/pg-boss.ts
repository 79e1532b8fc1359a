import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { until } from '@/lib/testing/until';
import { compete, countdown, inChunks, pause } from './peer';

const QUEUE = 'bench';
/** At which it is fastest with no-op jobs: two workers that each fetch and complete a thousand jobs in one statement. */
const FASTEST = { batchSize: 1000, localConcurrency: 2 };

await compete(async (connectionString) => {
  const pool = new pg.Pool({ connectionString, max: 1 });
  const boss = new PgBoss({ connectionString, max: 12 });
  boss.on('error', (error) => console.error(error));
  await boss.start();
  await boss.createQueue(QUEUE);
  return {
    add: ({ count }) =>
      inChunks(count, 5000, (size) =>
        boss.insert(
          QUEUE,
          Array.from({ length: size }, () => ({ data: { payload: 1 } })),
        ),
      ),
    async drain({ count, concurrency, durationMs }) {
      const { done, tick } = countdown(count);
      const began = performance.now();
      // One worker whose handler runs a whole batch at the same time: faster than more workers with smaller batches.
      const parallel = concurrency ? { batchSize: concurrency, localConcurrency: 1 } : FASTEST;
      await boss.work(
        QUEUE,
        { ...parallel, pollingIntervalSeconds: 0.5, burstWhenBatchFull: true },
        async (jobs: unknown[]) => {
          await pause(durationMs);
          tick(jobs.length);
        },
      );
      await done;
      await until(
        'every job is completed',
        async () =>
          (await pool.query(`select 1 from pgboss.job where name = $1 and state < 'completed' limit 1`, [QUEUE])).rows
            .length === 0,
        { everyMs: 5 },
      );
      const ms = performance.now() - began;
      await boss.offWork(QUEUE);
      return ms;
    },
    async close() {
      await boss.stop({ graceful: false });
      await pool.end();
    },
  };
});
