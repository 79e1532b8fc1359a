import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { compete, countdown, inChunks, pause } from './peer';

const QUEUE = 'bench';
/** The concurrency at which it is fastest with no-op jobs. */
const CONCURRENCY = 500;

await compete(async (url) => {
  const redis = url.startsWith('redis');
  const connection = (
    redis ? { url, maxRetriesPerRequest: null } : { connectionString: url, schema: 'bullmq', max: 8 }
  ) as never;
  const factory = redis ? undefined : (createPostgresBackend as never);
  const queue = new Queue(QUEUE, { connection }, factory);
  await queue.waitUntilReady();
  return {
    add: ({ count }) =>
      inChunks(count, 1000, (size) =>
        queue.addBulk(
          Array.from({ length: size }, () => ({
            name: QUEUE,
            data: { payload: 1 },
            opts: { removeOnComplete: true, removeOnFail: true },
          })),
        ),
      ),
    async drain({ count, concurrency = CONCURRENCY, durationMs }) {
      const { done, tick } = countdown(count);
      const worker = new Worker(
        QUEUE,
        async (job) => {
          await pause(durationMs);
          return { payload: job.data.payload };
        },
        { connection, concurrency, removeOnComplete: { count: 0 }, autorun: false },
        factory,
      );
      worker.on('completed', () => tick());
      await worker.waitUntilReady();
      const began = performance.now();
      void worker.run();
      await done;
      const ms = performance.now() - began;
      await worker.close();
      return ms;
    },
    close: () => queue.close(),
  };
});
