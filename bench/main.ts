import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { startServices } from './services';

/** `npm run bench`: the product against raw BullMQ, side by side in one run. `npm run bench -- <backend> <jobs> <rounds>` */
const [backend, size, rounds] = process.argv.slice(2) as ['redis' | 'postgres', string, string];
const jobs = Number(size);
const CONCURRENCY = 500;
const begun = loadavg()[0]?.toFixed(1);

const services = await startServices({ redis: backend === 'redis' });
// After the environment is set, because whatever is imported first reads it once.
const { measureRaw } = await import('./raw');
const { newContext, runBatch, startWorkers } = await import('./product');
const { closePool, closePrisma, pool } = await import('@/lib/db');
const { closeEvents } = await import('@/lib/events');
const { closeQueues } = await import('@/lib/queue');

interface Round {
  rawTogether: number;
  rawApart: number;
  ours: number;
  rawAdd: number;
  launch: number;
  firstMs: number;
  walPerJob: number;
}

const walPosition = async (): Promise<number> => {
  const { rows } = await pool().query<{ at: number }>(`select (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8 as at`);
  return rows[0]?.at ?? 0;
};

async function measureRound(context: Awaited<ReturnType<typeof newContext>>): Promise<Round> {
  const url = services.redisUrl ?? services.databaseUrl;
  const together = await measureRaw('together', url, jobs, CONCURRENCY);
  const apart = await measureRaw('apart', url, jobs, CONCURRENCY);
  // The workers run only while they are measured: idle ones would ask the queue beside raw BullMQ.
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  await runBatch(context, 1000);
  const wal = await walPosition();
  const run = await runBatch(context, jobs);
  const walPerJob = ((await walPosition()) - wal) / jobs;
  await workers.stop();
  return {
    rawTogether: together.jobsPerSecond,
    rawApart: apart.jobsPerSecond,
    ours: (jobs / run.runMs) * 1000,
    rawAdd: Math.max(together.addedPerSecond, apart.addedPerSecond),
    launch: (jobs / run.launchMs) * 1000,
    firstMs: run.firstMs,
    walPerJob,
  };
}

const middle = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const spread = (values: number[]): string =>
  `${Math.round(middle(values)).toLocaleString('en')} (${Math.round(Math.min(...values)).toLocaleString('en')}–${Math.round(Math.max(...values)).toLocaleString('en')})`;

const measured: Round[] = [];
try {
  const context = await newContext();
  for (let i = 0; i < Number(rounds); i += 1) measured.push(await measureRound(context));
} finally {
  await Promise.allSettled([closeQueues(), closeEvents()]);
  await closePrisma();
  await closePool();
  await services.stop();
}

const of = (key: keyof Round): number[] => measured.map((m) => m[key]);
const best = measured.map((m) => Math.max(m.rawTogether, m.rawApart));
const ratios = (mine: number[], theirs: number[]) => mine.map((v, i) => v / (theirs[i] ?? Number.NaN));
const times = (values: number[]): string =>
  `${middle(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;

const report = `## Queues on ${backend === 'redis' ? 'Redis' : 'Postgres'}

\`npm run bench -- ${backend} ${jobs} ${rounds}\`, median of ${rounds} rounds (lowest–highest), ${jobs.toLocaleString('en')} no-op jobs.

| what | figure |
| --- | --- |
| raw BullMQ, one process, jobs/s | ${spread(of('rawTogether'))} |
| raw BullMQ, producer and worker apart, jobs/s | ${spread(of('rawApart'))} |
| Batchyard, start to done, every row and counter durable, jobs/s | ${spread(of('ours'))} |
| ratio to raw's better arrangement | ${times(ratios(of('ours'), best))} |
| raw \`addBulk\`, jobs/s | ${spread(of('rawAdd'))} |
| Batchyard launch, validated and durable, items/s | ${spread(of('launch'))} |
| ratio | ${times(ratios(of('launch'), of('rawAdd')))} |
| first result after start, ms | ${spread(of('firstMs'))} |
| write-ahead log for each job, from launch to done, bytes | ${spread(of('walPerJob'))} |
`;
const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load when it began ${begun}`;
console.log(`${machine}\n\n${report}`);
mkdirSync('test-results', { recursive: true });
writeFileSync(`test-results/bench-${backend}.md`, `${report}\n${machine}\n`);
process.exit(0);
