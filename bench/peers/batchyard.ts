import { compete } from './peer';

// The parent process sets the environment, which the product reads when it is imported.
await compete(async () => {
  const { newContext, noOps, startWorkers } = await import('@/bench/product');
  const { closePool, pool } = await import('@/lib/db/pool');
  const { closePrisma } = await import('@/lib/db/prisma');
  const { launchBatch } = await import('@/lib/domain/batch/launch-batch');
  const { startBatch } = await import('@/lib/domain/batch/start-batch');
  const { closeEvents } = await import('@/lib/events/relay');
  const { closeQueues } = await import('@/lib/queue/queues');
  const { asItems } = await import('@/lib/testing/items');
  const { until } = await import('@/lib/testing/until');
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  const context = await newContext();
  let batchId = '';
  return {
    async add({ count, concurrency, durationMs }) {
      const items = durationMs > 0 ? Array.from({ length: count }, () => ({ payload: 1, durationMs })) : noOps(count);
      const { result } = await launchBatch(context, {
        fields: {
          name: `peers ${count}`,
          type: 'diagnostic',
          start: 'manual',
          ...(concurrency ? { options: { concurrency } } : {}),
        },
        items: asItems(items),
      });
      batchId = result.batchId;
    },
    async drain({ count }) {
      await startBatch(context, batchId);
      const ended = await until(
        'the batch has finished',
        async () => {
          const { rows } = await pool().query<{ ms: number | null; completed: number }>(
            `select extract(epoch from finished_at - started_at)::float8 * 1000 as ms, completed from batch where id = $1`,
            [batchId],
          );
          return rows[0]?.ms ? rows[0] : false;
        },
        { timeoutMs: 600_000, everyMs: 100 },
      );
      if (ended.completed !== count) throw new Error(`${ended.completed} of ${count} completed`);
      return ended.ms ?? Number.NaN;
    },
    async close() {
      await workers.stop();
      await Promise.allSettled([closeQueues(), closeEvents()]);
      await closePrisma();
      await closePool();
    },
  };
});
