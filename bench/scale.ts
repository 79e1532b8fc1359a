import { Redis } from 'ioredis';
import { must } from '@/lib/contracts/must';
import { mebibytes } from './figures';
import { publish, table } from './report';
import { database, type Followed, keepPeaks, launchOverHttp, serve, startAndFollow } from './served';

/** Compares a large batch with small ones. `npm run bench -- scale <children>`, over HTTP, queues on Redis. */
const large = Number(process.argv[2]);
const SIZES = [1000, 10_000, large];

interface Row extends Followed {
  size: number;
  launchMs: number;
  redisBytes: number;
}

const served = await serve({ redis: true });
const redis = new Redis(must(served.services.redisUrl, 'The address of Redis'));
const usedMemory = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);

async function measure(size: number): Promise<Row> {
  const peaks = new Map<string, number>();
  const before = await usedMemory();
  let redisPeak = before;
  const watch = setInterval(() => {
    keepPeaks(peaks);
    void usedMemory().then((bytes) => {
      redisPeak = Math.max(redisPeak, bytes);
    });
  }, 200);
  const began = performance.now();
  const batchId = await launchOverHttp(served, size);
  const launchMs = performance.now() - began;
  const followed = await startAndFollow(served, batchId, peaks);
  clearInterval(watch);
  return { ...followed, size, launchMs, redisBytes: redisPeak - before };
}

const rows: Row[] = [];
try {
  await measure(1000);
  for (const size of SIZES) rows.push(await measure(size));
} finally {
  redis.disconnect();
  await (await database()).end();
  await served.stop();
}

publish(
  'scale',
  `## From a thousand children to ${large.toLocaleString('en')}

\`npm run bench -- scale ${large}\`: no-op children launched over HTTP as a stream of JSON lines, queues on Redis, one consumer.

${table(
  [
    'children',
    'launch, items/s',
    'start to done, jobs/s',
    'first result, ms',
    'Redis grew by, MiB',
    'web at most, MiB',
    'consumer at most, MiB',
  ],
  rows.map((r) => [
    r.size.toLocaleString('en'),
    Math.round((r.size / r.launchMs) * 1000).toLocaleString('en'),
    Math.round((r.size / r.runMs) * 1000).toLocaleString('en'),
    r.firstMs.toFixed(0),
    mebibytes(r.redisBytes),
    mebibytes(r.peaks.get('web') ?? Number.NaN),
    mebibytes(r.peaks.get('consumer') ?? Number.NaN),
  ]),
)}
`,
);
process.exit(0);
