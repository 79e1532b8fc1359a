import type { Context } from '@/lib/domain/context';
import { middle, percentile } from './figures';
import { load, publish, table } from './report';
import { startServices } from './services';

/** Measures searches among many jobs. `npm run bench -- queries <rows> <calls>` */
const [most, calls] = process.argv.slice(2).map(Number) as [number, number];
const BATCH = 100_000;
const VALUES = 20_000;

const services = await startServices({ redis: false, durable: false });
// Imported after the environment is set, because the first import reads it once.
const { closePool, pool } = await import('@/lib/db/pool');
const { closePrisma } = await import('@/lib/db/prisma');
const { listJobs } = await import('@/lib/domain/job/list-jobs');
const { indexChildren } = await import('@/lib/domain/query/search-keys');
const { sql } = await import('@/lib/db/sql');
const { createContext } = await import('@/lib/testing/factories');

/** Inserts finished batches of 100,000 children with an indexed field, of which each value has about `most` / 20,000. */
async function fill(context: Context): Promise<void> {
  for (let i = 0; i < Math.ceil(most / BATCH); i += 1) {
    const { rows } = await pool().query<{ id: string }>(
      `insert into batch (id, organization_id, type, name, status, total, completed, failed, options, correlation_id, searchable, run,
         started_at, finished_at)
       values (uuidv7(), $1, 'diagnostic', 'Batch ' || $2, 'partial', $3, $3 / 50 * 49, $3 / 50, '{}', 'bench',
         '{payload.customer}', 1, now(), now()) returning id`,
      [context.organizationId, i, BATCH],
    );
    const id = rows[0]?.id ?? '';
    await pool().query(
      `insert into job (id, organization_id, type, status, batch_id, item_index, attempt, data, result, error, started_at, finished_at)
       select uuidv7(), $1, 'diagnostic', case when n % 50 = 0 then 'failed' else 'completed' end, $2, n, 1,
         json_build_object('payload', json_build_object('customer', 'c' || (random() * $4)::int, 'note', repeat('x', 200))),
         '{"attempt":1}', case when n % 50 = 0 then '{"message":"refused"}'::json end, now(), now()
       from generate_series(0, $3 - 1) n`,
      [context.organizationId, id, BATCH, VALUES],
    );
    await indexChildren(pool(), ['payload.customer'], sql`r.batch_id = ${id}::uuid`);
  }
  await pool().query('vacuum analyze');
  await pool().query('checkpoint');
}

const SEARCHES: [name: string, query: (i: number) => string][] = [
  ['a value of the indexed field', (i) => `data.payload.customer:c${(i * 37) % VALUES}`],
  ['the same, failed ones', (i) => `status:failed data.payload.customer:c${(i * 37) % VALUES}`],
  ['a status', () => 'status:failed'],
  ['a value of another field that nothing has', (i) => `data.payload.note:y${i}`],
  ['a word that nothing has', (i) => `zebra${i}`],
];

async function search(context: Context, query: (i: number) => string) {
  const took: number[] = [];
  let read = 0;
  for (let i = 0; i < calls; i += 1) {
    const began = performance.now();
    read = (await listJobs(context, { query: query(i), limit: 50 })).searched?.rows ?? 0;
    took.push(performance.now() - began);
  }
  return { took: took.slice(Math.floor(calls / 10)), read };
}

let loaded = load();
const measured: { name: string; took: number[]; read: number }[] = [];
try {
  const context = await createContext({ name: 'searches' });
  await fill(context);
  loaded = load();
  for (const [name, query] of SEARCHES) measured.push({ name, ...(await search(context, query)) });
} finally {
  await closePrisma();
  await closePool();
  await services.stop();
}

publish(
  'queries',
  `## Searches among ${most.toLocaleString('en')} jobs

\`npm run bench -- queries ${most} ${calls}\`: ${calls} searches each, milliseconds. What no index knows is searched for 300 ms.
The load of the machine was ${loaded} before the searches and ${load()} after them.

${table(
  ['search', 'median', '95th', 'rows read'],
  measured.map(({ name, took, read }) => [
    name,
    middle(took).toFixed(1),
    percentile(took, 0.95).toFixed(1),
    read.toLocaleString('en'),
  ]),
)}
`,
);
process.exit(0);
