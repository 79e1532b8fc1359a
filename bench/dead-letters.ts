import type { Context } from '@/lib/domain/context';
import { middle, percentile } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/** Groups and counts many dead letters. `npm run bench -- dead-letters <rows> <calls>` */
const [most, calls] = process.argv.slice(2).map(Number) as [number, number];
const SIZE = 50_000;

const services = await startServices({ redis: false, durable: false });
// Imported after the environment is set, because the first import reads it once.
const { closePool, pool } = await import('@/lib/db/pool');
const { closePrisma } = await import('@/lib/db/prisma');
const { countDeadLetters } = await import('@/lib/domain/dead-letter/count-dead-letters');
const { listDeadLetters } = await import('@/lib/domain/dead-letter/list-dead-letters');
const { createContext } = await import('@/lib/testing/factories');

/** Inserts batches whose children all failed: for 4 reasons with numbers and quotes, and each 50th for one of 26 more. */
async function fill({ organizationId }: Context): Promise<void> {
  for (let done = 0; done < most; done += SIZE) {
    await pool().query(
      `with made as (
         insert into batch (id, organization_id, type, name, status, total, failed, options, correlation_id, run, started_at, finished_at)
         values (uuidv7(), $1, 'diagnostic', 'Batch ' || $2, 'failed', $3, $3, '{}', 'bench', 1, now(), now()) returning id)
       insert into job (id, organization_id, type, status, batch_id, item_index, attempt, data, error, started_at, finished_at)
       select uuidv7(), $1, 'diagnostic', 'failed', made.id, n, 1, json_build_object('customer', 'c' || n % 1000),
         json_build_object('message', (array[
             'HTTP ' || n || ' from https://api.example.org/items/' || n || ': {"error":"too many requests"}',
             'Timeout after ' || n || ' ms', 'The file "' || n || '.pdf" is encrypted', 'The row ' || n || ' has no date'])[1 + n % 4]
           || case when n % 50 = 0 then ' in part ' || chr(97 + n % 26) else '' end,
           'code', (array['http-429', 'timeout', 'encrypted', null])[1 + n % 4]),
         now(), now() - n * interval '1 s'
       from made, generate_series(1, $3::int) n`,
      [organizationId, done, SIZE],
    );
  }
  await pool().query('vacuum analyze');
  await pool().query('checkpoint');
}

const CALLS: [string, (context: Context) => Promise<unknown>][] = [
  ['count', ({ organizationId }) => countDeadLetters(organizationId)],
  ['groups by reason', (c) => listDeadLetters(c, { groupBy: 'reason' })],
  ['groups by type', (c) => listDeadLetters(c, { groupBy: 'type' })],
  ['groups by batch', (c) => listDeadLetters(c, { groupBy: 'batch' })],
  [
    'batches of one reason',
    (c) => listDeadLetters(c, { groupBy: 'batch', query: 'reason:"Timeout after # ms" code:timeout' }),
  ],
  ['of a customer, a second at most', (c) => listDeadLetters(c, { groupBy: 'reason', query: 'data.customer:c7' })],
];

const context = await createContext();
const measured: [string, number[]][] = [];
try {
  await fill(context);
  for (const [name, run] of CALLS) {
    const took: number[] = [];
    for (let i = 0; i < calls; i += 1) {
      const began = performance.now();
      await run(context);
      took.push(performance.now() - began);
    }
    measured.push([name, took]);
  }
} finally {
  await closePrisma();
  await closePool();
  await services.stop();
}

publish(
  'dead-letters',
  `## Dead letters

\`npm run bench -- dead-letters ${most} ${calls}\`: ${most.toLocaleString('en')} dead letters of one organization, ${calls} calls each, milliseconds.

${table(
  ['call', 'median', '95th'],
  measured.map(([name, took]) => [name, middle(took).toFixed(0), percentile(took, 0.95).toFixed(0)]),
)}
`,
);
process.exit(0);
