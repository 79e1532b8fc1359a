import { must } from '@/lib/contracts/must';
import type { Context } from '@/lib/domain/context';
import { until } from '@/lib/testing/until';
import { middle, percentile } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/** Compares lists and statistics with many and with few rows. `npm run bench -- lists <rows> <calls>` */
const [most, calls] = process.argv.slice(2).map(Number) as [number, number];
const FEW = 10_000;
const SINGLES = 0.02;
const PAGE = 50;

const services = await startServices({ redis: false, durable: false });
// Imported after the environment is set, because the first import reads it once.
const { closePool, pool } = await import('@/lib/db/pool');
const { closePrisma } = await import('@/lib/db/prisma');
const { getBatch } = await import('@/lib/domain/batch/get-batch');
const { listBatches } = await import('@/lib/domain/batch/list-batches');
const { listBatchJobs } = await import('@/lib/domain/batch/list-batch-jobs');
const { listFailureGroups } = await import('@/lib/domain/batch/list-failure-groups');
const { getJobStats } = await import('@/lib/domain/job/get-job-stats');
const { listJobs } = await import('@/lib/domain/job/list-jobs');
const { addUpTallies } = await import('@/lib/domain/job/add-up-tallies');
const { createContext } = await import('@/lib/testing/factories');

/**
 * Inserts at least fifty batches of up to 10,000 children, most completed, some failed, one running; and single jobs.
 */
async function fill(context: Context, rows: number): Promise<string> {
  const singles = Math.round(rows * SINGLES);
  // A page of batches is full in both cases.
  const size = Math.min(10_000, Math.floor((rows - singles) / PAGE));
  const batches = Math.round((rows - singles) / size);
  const ids: string[] = [];
  for (let i = 0; i < batches; i += 1) {
    const open = i === batches - 1;
    const { rows: made } = await pool().query<{ id: string }>(
      `with made as (
         insert into batch (id, organization_id, type, name, status, total, completed, failed, options, correlation_id, run,
           started_at, finished_at)
         values (uuidv7(), $1, 'diagnostic', 'Batch ' || $2, case when $4 then 'in-progress' else 'partial' end, $3,
           $3 / 100 * case when $4 then 50 else 98 end, $3 / 100 * 2, '{}', 'bench', 1, now(),
           case when not $4 then now() end) returning id
       ), dispatched as (
         insert into batch_dispatch (batch_id, initial, last_seq, cursor, reach)
         select id, $3, $3, case when $4 then $3 / 100 * 53 else $3 end, case when $4 then $3 / 100 * 53 else $3 end - 1 from made
       ), rows as (
         insert into job (id, organization_id, type, status, batch_id, item_index, attempt, data, result, error, started_at, finished_at)
         select uuidv7(), $1, 'diagnostic',
           case when $4 and n * 100 >= $3 * 52 then 'pending' when n % 50 = 0 then 'failed' else 'completed' end,
           made.id, n, 1, '{"payload":1}', '{"payload":1,"attempt":1}',
           case when n % 50 = 0 then '{"message":"refused"}'::json end, now(),
           case when not $4 or n * 100 < $3 * 52 then now() end
         from made, generate_series(0, $3 - 1) n
       ) select id from made`,
      [context.organizationId, i, size, open],
    );
    ids.push(must(made[0], 'The new batch').id);
  }
  await pool().query(
    `insert into job (id, organization_id, type, status, attempt, data, started_at, finished_at)
     select uuidv7(), $1, 'diagnostic', case when n % 20 = 0 then 'failed' else 'completed' end, 1, '{}', now(), now()
     from generate_series(1, $2) n`,
    [context.organizationId, singles],
  );
  // Does the work of the sweep and of autovacuum.
  for (let i = 0; i < Math.ceil(singles / 50_000) + 1; i += 1) await addUpTallies();
  await pool().query('vacuum analyze');
  await settle();
  return must(ids.at(-1), 'The last batch');
}

/** Writes dirty pages and waits until autovacuum is idle, so that the figures hold for a table in normal operation. */
async function settle(): Promise<void> {
  await pool().query('checkpoint');
  await until(
    'autovacuum rests',
    async () => {
      const { rows } = await pool().query("select 1 from pg_stat_activity where backend_type = 'autovacuum worker'");
      return rows.length === 0;
    },
    { timeoutMs: 300_000, everyMs: 1000 },
  );
}

type Call = [name: string, run: (context: Context, batchId: string) => Promise<unknown>];

const CALLS: Call[] = [
  ['batch list', (c) => listBatches(c, { limit: PAGE })],
  ['batch list, one status', (c) => listBatches(c, { limit: PAGE, status: ['in-progress'] })],
  ['batch page: the batch', (c, id) => getBatch(c, id)],
  ['batch page: its items', (c, id) => listBatchJobs(c, id, { limit: PAGE })],
  // As many as the small batch has.
  ['batch page: its first failed items', (c, id) => listBatchJobs(c, id, { limit: 3, status: ['failed'] })],
  ['batch page: failures by reason', (c, id) => listFailureGroups(c, id)],
  ['job list', (c) => listJobs(c, { limit: PAGE })],
  ['job list, failed', (c) => listJobs(c, { limit: PAGE, status: ['failed'] })],
  ['job list, waiting', (c) => listJobs(c, { limit: PAGE, status: ['pending'] })],
  ['job list, one type', (c) => listJobs(c, { limit: PAGE, type: 'diagnostic' })],
  ['statistics', (c) => getJobStats(c)],
];

async function time([, run]: Call, context: Context, batchId: string): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < calls; i += 1) {
    const began = performance.now();
    await run(context, batchId);
    took.push(performance.now() - began);
  }
  // The first calls warm the caches and the plans.
  return took.slice(Math.floor(calls / 10));
}

const few = await createContext({ name: 'few' });
const many = await createContext({ name: 'many' });
const measured: [string, number[], number[]][] = [];
try {
  const fewId = await fill(few, FEW);
  const small = new Map<string, number[]>();
  for (const call of CALLS) small.set(call[0], await time(call, few, fewId));
  const manyId = await fill(many, most);
  for (const call of CALLS) measured.push([call[0], small.get(call[0]) ?? [], await time(call, many, manyId)]);
} finally {
  await closePrisma();
  await closePool();
  await services.stop();
}

publish(
  'lists',
  `## Lists and statistics among ${most.toLocaleString('en')} rows

\`npm run bench -- lists ${most} ${calls}\`: the domain functions behind the pages, ${calls} calls each, milliseconds. ${(SINGLES * 100).toFixed(0)} % of the rows are single jobs,
the others children of at least 50 batches, the newest of them half done.

${table(
  [
    'call',
    `${FEW.toLocaleString('en')} rows: median`,
    '95th',
    `${most.toLocaleString('en')} rows: median`,
    '95th',
    'ratio of the 95th',
  ],
  measured.map(([name, before, after]) => [
    name,
    middle(before).toFixed(2),
    percentile(before, 0.95).toFixed(2),
    middle(after).toFixed(2),
    percentile(after, 0.95).toFixed(2),
    (percentile(after, 0.95) / percentile(before, 0.95)).toFixed(2),
  ]),
)}
`,
);
process.exit(0);
