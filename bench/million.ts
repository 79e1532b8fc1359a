import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { until } from '@/lib/testing/until';
import { percentile } from './figures';
import { watchDatabase, watchNeighbor } from './million-watch';
import { publish, table } from './report';
import { database, keepPeaks, launchOverHttp, serve } from './served';

/** Measures everything else that can be done with a huge batch. `npm run bench -- million <children>` */
const children = Number(process.argv[2]);
const SMALL = 5;

const served = await serve({ redis: true });
process.env.RETENTION_DAYS = '1';
const pool = await database();
const { expire } = await import('@/lib/domain/retention/expire');
const { createContext } = await import('@/lib/testing/factories');

interface Row {
  operation: string;
  seconds: number;
  /** rows that it worked on; 0 where it works on the batch alone */
  rows: number;
  mebibytes: number | undefined;
  longest: { statement: number; transaction: number; wait: number };
  web: number;
  supervisor: number;
  neighbor: number[];
}

const rows: Row[] = [];
const neighbor = await createContext({ name: 'neighbor' });

/** Runs one operation while another organization launches small batches, and notes what it costs. */
async function measure(
  operation: string,
  count: number,
  work: () => Promise<{ mebibytes?: number } | undefined>,
): Promise<void> {
  const peaks = new Map<string, number>();
  const look = setInterval(() => keepPeaks(peaks), 200);
  const watched = await watchDatabase();
  const small = watchNeighbor(neighbor, SMALL);
  const began = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - began) / 1000;
    rows.push({
      operation,
      seconds,
      rows: count,
      mebibytes: result?.mebibytes,
      neighbor: await small.stop(),
      longest: await watched.stop(),
      web: peaks.get('web') ?? Number.NaN,
      supervisor: peaks.get('supervisor') ?? Number.NaN,
    });
  } finally {
    clearInterval(look);
  }
}

const post = (path: string, body: unknown = {}) =>
  served.call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

const ended = (batchId: string) =>
  until(
    'the batch has ended',
    async () => {
      const { rows: seen } = await pool.query('select 1 from batch where id = $1 and finished_at is not null', [
        batchId,
      ]);
      return seen.length > 0;
    },
    { timeoutMs: 1_200_000, everyMs: 50 },
  );

/** Reads an answer to its end without keeping it. */
async function download(path: string): Promise<{ mebibytes: number }> {
  const { body } = await served.call(path);
  if (!body) throw new Error(`${path} has no body`);
  let bytes = 0;
  const count = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  await pipeline(body, count);
  return { mebibytes: bytes / 2 ** 20 };
}

/** One of them runs at a time, so that hardly anything else happens. */
const ONE_BY_ONE = { item: { durationMs: 1000, payload: 'some text that is returned' }, options: { concurrency: 1 } };

try {
  let batchId = '';
  await measure('nothing, for comparison', 0, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5000));
    return undefined;
  });
  await measure('launch', children, async () => {
    batchId = await launchOverHttp(served, children, ONE_BY_ONE);
    return undefined;
  });
  const at = (path: string) => `/api/batches/${batchId}${path}`;
  await measure('cancel, until every item is', children, async () => {
    await post(at('/cancel'));
    await ended(batchId);
    return undefined;
  });
  await measure('retry all', children, async () => {
    await post(at('/retry'), { only: 'all' });
    return undefined;
  });
  await measure('pause', 0, async () => {
    await post(at('/pause'));
    return undefined;
  });
  await measure('resume', 0, async () => {
    await post(at('/resume'));
    return undefined;
  });
  await measure('doctor', children, async () => {
    await served.call(at('/doctor'));
    return undefined;
  });
  await measure('cancel while it runs', children, async () => {
    await post(at('/cancel'));
    await ended(batchId);
    return undefined;
  });
  await measure('repair', children, async () => {
    await post(at('/mend'));
    return undefined;
  });
  await measure('results as CSV', children, () => download(at('/results?format=csv')));
  await measure('results as XLSX', children, () => download(at('/results?format=xlsx')));
  await measure('delete, as its time is over', children, async () => {
    await pool.query(`update batch set finished_at = now() - interval '2 days' where id = $1`, [batchId]);
    for (let deleted = 1; deleted > 0; ) deleted = await expire(20_000);
    return undefined;
  });
} finally {
  await pool.end();
  await served.stop();
}

const ms = (value: number): string => Math.round(value).toLocaleString('en');
publish(
  'million',
  `## Everything else with ${children.toLocaleString('en')} children

\`npm run bench -- million ${children}\`: one batch of ${children.toLocaleString('en')} children, over HTTP, queues on Redis. Meanwhile another organization
launches batches of ${SMALL} no-op children one after the other; its figures are milliseconds from the call to the end of the
batch. The database is watched every 20 ms: the longest statement, the longest transaction (no lock is held for longer) and the
longest wait for a lock, in milliseconds.

${table(
  [
    'operation',
    'seconds',
    'rows/s',
    'MiB',
    'longest statement',
    'longest transaction',
    'longest wait for a lock',
    'web at most, MiB',
    'supervisor at most, MiB',
    'others: median',
    'others: longest',
  ],
  rows.map((r) => [
    r.operation,
    r.seconds.toFixed(1),
    r.rows > 0 ? ms(r.rows / r.seconds) : '–',
    r.mebibytes?.toFixed(1) ?? '–',
    ms(r.longest.statement),
    ms(r.longest.transaction),
    ms(r.longest.wait),
    (r.web / 2 ** 20).toFixed(0),
    (r.supervisor / 2 ** 20).toFixed(0),
    ms(percentile(r.neighbor, 0.5)),
    ms(Math.max(...r.neighbor)),
  ]),
)}
`,
);
process.exit(0);
