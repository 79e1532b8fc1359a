import { cpus } from 'node:os';
import { type CpuTimes, cpuPerJob, readCpuTimes } from './cpu';
import { middle, spread } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/**
 * Measures how the rate grows with consumers, supervisors and batches. `npm run bench -- machines <jobs> <rounds>`;
 * queues on Redis, and Postgres and Redis apart from the supervisors, as on several machines.
 */
const [jobs, rounds] = process.argv.slice(2).map(Number) as [number, number];
const WAIT_MS = 30;
const WARM_UP = 1000;

const services = await startServices({ redis: true, statements: true });
// Imported after the environment is set, because the first import reads it once.
const { batchesEnded, closeConnections, launchOf, newContext, startWorkers } = await import('./product');
const { pool } = await import('@/lib/db/pool');
const { startBatch } = await import('@/lib/domain/batch/start-batch');
const { until } = await import('@/lib/testing/until');

interface Arrangement {
  supervisors: number;
  /** of each supervisor */
  consumers: number;
  /** that run at the same time */
  batches: number;
}

const ARRANGEMENTS: Arrangement[] = [
  { supervisors: 1, consumers: 1, batches: 1 },
  { supervisors: 1, consumers: 2, batches: 1 },
  { supervisors: 1, consumers: 4, batches: 1 },
  { supervisors: 2, consumers: 1, batches: 1 },
  { supervisors: 2, consumers: 2, batches: 1 },
  { supervisors: 1, consumers: 1, batches: 4 },
  { supervisors: 2, consumers: 2, batches: 4 },
];

interface Result {
  noOps: number;
  waits: number;
  cpu: CpuTimes;
  /** share of the time in which a statement waited for the row of a batch, over all sessions; more than 1 is possible */
  waiting: number;
  /** bytes of write-ahead log for a no-op child, with its launch */
  wal: number;
  statements: Statement[];
}

const context = await newContext();
await pool().query('create extension if not exists pg_stat_statements');

/** A statement, for `jobs` children. */
interface Statement {
  query: string;
  calls: number;
  /** milliseconds of all calls */
  ms: number;
  /** it changes the counters of batches, and so waits for and holds the locks of their rows */
  counts: boolean;
}

/** Returns the statements that took most of the time, without those of the measurement. */
async function readStatements(): Promise<Statement[]> {
  const { rows } = await pool().query<Statement>(
    `select regexp_replace(query, '\\s+', ' ', 'g') as query, calls::float8, total_exec_time as ms,
       query ~ 'update batch b set' and query ~ 'tally' as counts
     from pg_stat_statements where query !~ 'pg_stat|from batch where id = any' order by total_exec_time desc limit 6`,
  );
  return rows;
}

/** Runs batches at the same time. @returns children a second, from the first start to the last end */
async function run(batches: number, item: object, count: number): Promise<number> {
  const each = Math.ceil(count / batches);
  const ids: string[] = [];
  for (let i = 0; i < batches; i += 1) {
    const items = Array.from({ length: each }, () => item);
    ids.push(await launchOf(context, items));
  }
  for (const id of ids) await startBatch(context, id);
  return ((each * batches) / (await batchesEnded(ids))) * 1000;
}

async function walBytes(): Promise<number> {
  const { rows } = await pool().query<{ bytes: number }>(
    `select (pg_current_wal_lsn() - '0/0'::pg_lsn)::float8 as bytes`,
  );
  return rows[0]?.bytes ?? Number.NaN;
}

/** Samples how many sessions wait for a row lock. */
function watchWaits() {
  const seen: number[] = [];
  let on = true;
  const looking = (async () => {
    while (on) {
      const { rows } = await pool().query<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
         where wait_event_type = 'Lock' and datname = current_database()`,
      );
      seen.push(rows[0]?.waiting ?? 0);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return async () => {
    on = false;
    await looking;
    return seen.reduce((sum, n) => sum + n, 0) / Math.max(1, seen.length);
  };
}

async function measure({ supervisors, consumers, batches }: Arrangement): Promise<Result> {
  const machines = await Promise.all(
    Array.from({ length: supervisors }, () => startWorkers({ WORKER_PROCESSES: String(consumers) })),
  );
  await until('every consumer runs', async () => {
    const { rows } = await pool().query(
      'select 1 from node where pid = any($1::int[]) and processes >= $2 and not stopping',
      [machines.map(({ process }) => process.pid), consumers],
    );
    return rows.length === supervisors;
  });
  await run(batches, { payload: 1 }, WARM_UP);
  const before = readCpuTimes();
  const walBefore = await walBytes();
  await pool().query('select pg_stat_statements_reset()');
  const stopWatching = watchWaits();
  const noOps = await run(batches, { payload: 1 }, jobs);
  const waiting = await stopWatching();
  const cpu = cpuPerJob(before, readCpuTimes(), jobs);
  const statements = await readStatements();
  const wal = ((await walBytes()) - walBefore) / jobs;
  const waits = await run(batches, { payload: 1, durationMs: WAIT_MS }, jobs);
  await Promise.all(machines.map((machine) => machine.stop()));
  return { noOps, waits, cpu, waiting, wal, statements };
}

const results = new Map<Arrangement, Result[]>(ARRANGEMENTS.map((arrangement) => [arrangement, []]));
try {
  for (let round = 0; round < rounds; round += 1)
    for (const arrangement of ARRANGEMENTS) results.get(arrangement)?.push(await measure(arrangement));
} finally {
  await closeConnections();
  await services.stop();
}

const of = (arrangement: Arrangement): Result[] => results.get(arrangement) ?? [];
const cpuOf = (arrangement: Arrangement, part: string): number =>
  middle(of(arrangement).map(({ cpu }) => cpu.get(part) ?? 0));
const first = ARRANGEMENTS[0] as Arrangement;
const statements = of(first)[0]?.statements ?? [];
const recording = statements.find(({ counts }) => counts);
const PARTS = ['Postgres', 'Redis', 'supervisor', 'consumer'];

publish(
  'machines',
  `## More consumers, supervisors and batches

\`npm run bench -- machines ${jobs} ${rounds}\`: ${jobs.toLocaleString('en')} children in one batch or in four at the same time, queues on Redis, median
of ${rounds} rounds (lowest–highest). First no-op children, then children that wait ${WAIT_MS} ms. All processes share the ${cpus().length} cores of one
machine with Postgres and Redis, so the table shows what an additional process costs, not what an additional machine brings:
[scaling](scaling.md) has the model. Processor time is in microseconds for a no-op child; the last column is the mean number of
sessions that wait for a lock.

${table(
  [
    'supervisors',
    'consumers of each',
    'batches',
    'no-op, jobs/s',
    `${WAIT_MS} ms, jobs/s`,
    ...PARTS.map((part) => `${part}, µs`),
    'waiting',
  ],
  ARRANGEMENTS.map((arrangement) => [
    String(arrangement.supervisors),
    String(arrangement.consumers),
    String(arrangement.batches),
    spread(of(arrangement).map(({ noOps }) => noOps)),
    spread(of(arrangement).map(({ waits }) => waits)),
    ...PARTS.map((part) => cpuOf(arrangement, part).toFixed(0)),
    middle(of(arrangement).map(({ waiting }) => waiting)).toFixed(2),
  ]),
)}

The statements that take most of the time, in the first round of the first arrangement:

${table(
  ['statement', 'calls', 'children a call', 'ms a call', 'µs a child'],
  statements.map(({ query, calls, ms }) => [
    `\`${query.replaceAll('|', ' ').slice(0, 70)}\``,
    calls.toLocaleString('en'),
    (jobs / calls).toFixed(0),
    (ms / calls).toFixed(1),
    ((ms * 1000) / jobs).toFixed(1),
  ]),
)}

${
  recording
    ? `Outcomes of one batch are counted under the lock of its row. If recording statements ran one after the other, they would record ${Math.round(jobs / (recording.ms / 1000)).toLocaleString('en')} outcomes of a batch a second.`
    : ''
}

What a multiple of the first rate needs by these figures, in cores and streams of log, if nothing else limits it:

${table(
  ['times', 'jobs/s', ...PARTS.map((part) => `${part}, cores`), 'write-ahead log, MiB/s'],
  [1, 10, 100].map((times) => {
    const rate = times * middle(of(first).map(({ noOps }) => noOps));
    return [
      `${times} ×`,
      Math.round(rate).toLocaleString('en'),
      ...PARTS.map((part) => ((rate * cpuOf(first, part)) / 1_000_000).toFixed(2)),
      ((rate * middle(of(first).map(({ wal }) => wal))) / 2 ** 20).toFixed(0),
    ];
  }),
)}
`,
);
process.exit(0);
