import { type CpuTimes, cpuPerJob, readCpuTimes } from './cpu';
import { middle, spread, times } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/** Compares the product with raw BullMQ in one run. `npm run bench -- <redis|postgres> <jobs> <rounds>` */
const [backend, size, rounds] = process.argv.slice(2) as ['redis' | 'postgres', string, string];
const jobs = Number(size);
const CONCURRENCY = 500;

const services = await startServices({ redis: backend === 'redis' });
// Imported after the environment is set, because the first import reads it once.
const { measureRaw } = await import('./raw');
const { closeConnections, newContext, runBatch, startWorkers } = await import('./product');
const { pool } = await import('@/lib/db/pool');

interface Round {
  rawTogether: number;
  rawApart: number;
  ours: number;
  rawAdd: number;
  launch: number;
  firstMs: number;
  walPerJob: number;
  commitsPerJob: number;
  cpu: CpuTimes;
}

/** Bytes of write-ahead log and committed transactions of the database so far. */
async function written(): Promise<{ wal: number; commits: number }> {
  // A backend reports its transactions at most once a second.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const { rows } = await pool().query<{ wal: number; commits: number }>(
    `select (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8 as wal, xact_commit::float8 as commits
     from pg_stat_database where datname = current_database()`,
  );
  return rows[0] ?? { wal: Number.NaN, commits: Number.NaN };
}

async function measureRound(context: Awaited<ReturnType<typeof newContext>>): Promise<Round> {
  const url = services.redisUrl ?? services.databaseUrl;
  const work = { count: jobs, concurrency: CONCURRENCY };
  const together = await measureRaw('together', url, work);
  const apart = await measureRaw('apart', url, work);
  // Workers run only during their measurement: idle ones would poll the queue during that of raw BullMQ.
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  await runBatch(context, 1000);
  const before = await written();
  const cpuBefore = readCpuTimes();
  const run = await runBatch(context, jobs);
  const cpu = cpuPerJob(cpuBefore, readCpuTimes(), jobs);
  const after = await written();
  await workers.stop();
  return {
    rawTogether: together.jobsPerSecond,
    rawApart: apart.jobsPerSecond,
    ours: (jobs / run.runMs) * 1000,
    rawAdd: Math.max(together.addedPerSecond, apart.addedPerSecond),
    launch: (jobs / run.launchMs) * 1000,
    firstMs: run.firstMs,
    walPerJob: (after.wal - before.wal) / jobs,
    commitsPerJob: (after.commits - before.commits) / jobs,
    cpu,
  };
}

const measured: Round[] = [];
try {
  const context = await newContext();
  for (let i = 0; i < Number(rounds); i += 1) measured.push(await measureRound(context));
} finally {
  await closeConnections();
  await services.stop();
}

const of = (key: Exclude<keyof Round, 'cpu'>): number[] => measured.map((m) => m[key]);
const best = measured.map((m) => Math.max(m.rawTogether, m.rawApart));
const ratios = (mine: number[], theirs: number[]) => mine.map((v, i) => v / (theirs[i] ?? Number.NaN));
const parts = [...(measured[0]?.cpu.keys() ?? [])].map((part): [string, number] => [
  part,
  middle(measured.map((m) => m.cpu.get(part) ?? 0)),
]);

publish(
  backend,
  `## Against raw BullMQ, queues on ${backend === 'redis' ? 'Redis' : 'Postgres'}

\`npm run bench -- ${backend} ${jobs} ${rounds}\`: ${jobs.toLocaleString('en')} no-op jobs, median of ${rounds} rounds (lowest–highest),
raw BullMQ with the same payload and a concurrency of ${CONCURRENCY}, one consumer each.

${table(
  ['what', 'figure'],
  [
    ['raw BullMQ, producer and worker in one process, jobs/s', spread(of('rawTogether'))],
    ['raw BullMQ, producer and worker apart, jobs/s', spread(of('rawApart'))],
    ['Batchyard, start to done, every row and counter durable, jobs/s', spread(of('ours'))],
    ['**ratio to raw’s better arrangement**', `**${times(ratios(of('ours'), best))}**`],
    ['raw `addBulk`, jobs/s', spread(of('rawAdd'))],
    ['Batchyard launch, validated and durable, items/s', spread(of('launch'))],
    ['**ratio**', `**${times(ratios(of('launch'), of('rawAdd')))}**`],
    ['first result after start, ms', spread(of('firstMs'))],
    ['write-ahead log for each job, from launch to done, bytes', spread(of('walPerJob'))],
    ['committed transactions for each job', middle(of('commitsPerJob')).toFixed(3)],
  ],
)}

Where the time goes, in microseconds of processor time for each job from launch to done: ${parts.map(([part, us]) => `${part} ${us.toFixed(0)}`).join(', ')}.
`,
);
process.exit(0);
