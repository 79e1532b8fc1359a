import { until } from '@/lib/testing/until';
import { middle, percentile } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/** Measures the time from due to recorded, under a steady load. `npm run bench -- latency <jobs a second> <seconds>` */
const [perSecond, seconds] = process.argv.slice(2).map(Number) as [number, number];
const DELAY_MS = 1000;
/** Reported separately: new processes compile code and open connections first. */
const WARM_UP_SECONDS = 5;

type Load = 'cold' | 'warm';

async function measure(): Promise<Record<Load, { atOnce: number[]; delayed: number[] }>> {
  const services = await startServices({ redis: true });
  // Imported after the environment is set, because the first import reads it once.
  const { pool } = await import('@/lib/db/pool');
  const { createJob } = await import('@/lib/domain/job/create-job');
  const { closeConnections, newContext, startWorkers } = await import('./product');
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  const context = await newContext();
  const put = async (load: Load, forSeconds: number): Promise<void> => {
    const created: Promise<unknown>[] = [];
    const began = performance.now();
    for (let i = 0; i < perSecond * forSeconds; i += 1) {
      const wait = began + (i * 1000) / perSecond - performance.now();
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
      const delay = i % 2 === 1 ? { delayMs: DELAY_MS, name: `${load} delayed` } : { name: `${load} at once` };
      created.push(createJob(context, { type: 'diagnostic', data: {}, ...delay }));
    }
    await Promise.all(created);
    await until(
      'all are done',
      async () => {
        const { rows } = await pool().query('select 1 from job where outcome is null limit 1');
        return rows.length === 0;
      },
      { timeoutMs: 60_000, everyMs: 100 },
    );
  };
  await put('cold', WARM_UP_SECONDS);
  await put('warm', seconds);
  const { rows } = await pool().query<{ name: string; ms: number }>(
    `select name, extract(epoch from finished_at - created_at)::float8 * 1000
       - case when name like '% delayed' then ${DELAY_MS} else 0 end as ms from job`,
  );
  await workers.stop();
  await closeConnections();
  await services.stop();
  const of = (name: string) => rows.filter((r) => r.name === name).map((r) => r.ms);
  const both = (load: Load) => ({ atOnce: of(`${load} at once`), delayed: of(`${load} delayed`) });
  return { cold: both('cold'), warm: both('warm') };
}

const { cold, warm } = await measure();
const row = (name: string, values: number[]) => [
  name,
  ...[middle(values), percentile(values, 0.95), percentile(values, 0.99)].map((v) => v.toFixed(0)),
];
publish(
  'latency',
  `## From due to recorded

\`npm run bench -- latency ${perSecond} ${seconds}\`: ${perSecond} single no-op jobs a second for ${seconds} s, every other one delayed by a second; queues on Redis,
one consumer; milliseconds from the moment a job is due until its outcome is durable. Before that the same load for
${WARM_UP_SECONDS} s on processes that have just started, and until it was done.

${table(
  ['jobs', 'median', '95th', '99th'],
  [
    row('due at once', warm.atOnce),
    row('due after a second', warm.delayed),
    row('due at once, processes just started', cold.atOnce),
    row('due after a second, processes just started', cold.delayed),
  ],
)}
`,
);
process.exit(0);
