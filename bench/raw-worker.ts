import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';

/**
 * Raw BullMQ, for comparison: adds and processes jobs with removal on completion, in one process or, as `add` and
 * `work`, in two. Reports the end of each part over IPC.
 */
const [mode, name, url, count, concurrency, schema, durationMs] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const total = Number(count);
const { createPostgresBackend } = await import('bullmq');
const connection = url.startsWith('redis')
  ? { url, maxRetriesPerRequest: null }
  : { connectionString: url, schema, max: 8 };
const factory = url.startsWith('redis') ? undefined : (createPostgresBackend as never);

async function add(): Promise<void> {
  const queue = new Queue(name, { connection: connection as never }, factory);
  await queue.waitUntilReady();
  process.send?.({ type: 'adding', at: Date.now() });
  for (let i = 0; i < total; i += 1000) {
    await queue.addBulk(
      Array.from({ length: Math.min(1000, total - i) }, () => ({
        name,
        data: { payload: 1 },
        opts: { removeOnComplete: true, removeOnFail: true },
      })),
    );
  }
  process.send?.({ type: 'added', at: Date.now() });
  await queue.close();
}

async function work(): Promise<void> {
  let done = 0;
  let first = 0;
  const finished = new Promise<void>((resolve) => {
    const worker = new Worker(
      name,
      async (job) => {
        first ||= Date.now();
        if (Number(durationMs) > 0) await sleep(Number(durationMs));
        done += 1;
        if (done === total) setTimeout(() => void worker.close().then(() => resolve()), 0);
        return { payload: job.data.payload };
      },
      { connection: connection as never, concurrency: Number(concurrency), removeOnComplete: { count: 0 } },
      factory,
    );
    worker.on('ready', () => process.send?.({ type: 'ready' }));
  });
  await finished;
  process.send?.({ type: 'done', first, at: Date.now() });
}

await Promise.all([mode !== 'work' ? add() : undefined, mode !== 'add' ? work() : undefined]);
process.exit(0);
