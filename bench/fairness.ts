import { middle, spread } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/**
 * Measures how long others wait during a huge batch. `npm run bench -- fairness <children> <redis|postgres> <times>`
 */
const [children, backend, count] = process.argv.slice(2) as [string, string, string];
const SMALL = 20;
const UNDER_WAY = 2000;

const services = await startServices({ redis: backend === 'redis' });
// Imported after the environment is set, because the first import reads it once.
const { closeConnections, launchOf, newContext, noOps, startWorkers } = await import('./product');
const { pool } = await import('@/lib/db/pool');
const { cancelBatch } = await import('@/lib/domain/batch/cancel-batch');
const { createJob } = await import('@/lib/domain/job/create-job');
const { until } = await import('@/lib/testing/until');

/** Milliseconds from creation to end, from the row. */
async function took(source: 'batch' | 'job', id: string): Promise<number> {
  return until(
    `the ${source} has ended`,
    async () => {
      const { rows } = await pool().query<{ ms: number | null }>(
        `select extract(epoch from finished_at - created_at)::float8 * 1000 as ms from ${source} where id = $1`,
        [id],
      );
      return rows[0]?.ms ?? false;
    },
    { timeoutMs: 120_000, everyMs: 50 },
  );
}

const batches: number[] = [];
const singles: number[] = [];
let done = 0;
try {
  const workers = await startWorkers({ WORKER_PROCESSES: '1' });
  const [huge, other] = [await newContext(), await newContext()];
  const batchId = await launchOf(huge, noOps(Number(children)), { name: 'huge', start: 'now' });
  const counted = async () => {
    const { rows } = await pool().query<{ completed: number; open: boolean }>(
      'select completed, finished_at is null as open from batch where id = $1',
      [batchId],
    );
    return rows[0];
  };
  await until('it is under way', async () => ((await counted())?.completed ?? 0) > UNDER_WAY, { timeoutMs: 120_000 });
  for (let i = 0; i < Number(count); i += 1) {
    batches.push(await took('batch', await launchOf(other, noOps(SMALL), { name: 'small', start: 'now' })));
    const { job } = await createJob(other, { type: 'diagnostic', data: {} });
    singles.push(await took('job', job.id));
  }
  const last = await counted();
  if (!last?.open) throw new Error('the huge batch ended too early to be in the way; give it more children');
  done = last.completed;
  await cancelBatch(huge, batchId);
  await workers.stop();
} finally {
  await closeConnections();
  await services.stop();
}

publish(
  `fairness-${backend}`,
  `## Beside a huge batch, queues on ${backend === 'redis' ? 'Redis' : 'Postgres'}

\`npm run bench -- fairness-${backend} ${children}\`: while ${Number(children).toLocaleString('en')} no-op children run (${done.toLocaleString('en')} were done at the end), a user of
another organization launches a batch of ${SMALL} and then a single job, ${count} times. Milliseconds from creation to the end, median
(lowest–highest).

${table(
  ['what', 'ms'],
  [
    [`a batch of ${SMALL}`, spread(batches)],
    ['a single job', spread(singles)],
  ],
)}
`,
);
process.exit(Number.isNaN(middle(batches)) ? 1 : 0);
