import { compete } from './peer';

// The parent process sets the environment, which the product reads when it is imported.
await compete(async () => {
  const { batchesEnded, closeConnections, launchOf, newContext, noOps, startWorkers } = await import('@/bench/product');
  const { startBatch } = await import('@/lib/domain/batch/start-batch');
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  const context = await newContext();
  let batchId = '';
  return {
    async add({ count, concurrency, durationMs }) {
      const items = durationMs > 0 ? Array.from({ length: count }, () => ({ payload: 1, durationMs })) : noOps(count);
      batchId = await launchOf(context, items, concurrency ? { options: { concurrency } } : {});
    },
    async drain() {
      await startBatch(context, batchId);
      return batchesEnded([batchId]);
    },
    async close() {
      await workers.stop();
      await closeConnections();
    },
  };
});
