import { spread, times } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/** Compares the same work as a built-in type and as a job file, in turns. `npm run bench -- own-type <rows> <rounds>` */
const [rows, rounds] = process.argv.slice(2).map(Number) as [number, number];

const services = await startServices({ redis: false });
// Imported after the environment is set, because the first import reads it once.
const { closeConnections, newContext } = await import('./product');
const { rowsPerSecond, startWithJobs } = await import('./own-jobs');

/** What `diagnostic` does with such an item, with its schemas and its concurrency. */
const SAME_WORK = `
import { defineJob } from 'batchyard';
import { z } from 'zod';

export default defineJob({
  input: z.strictObject({
    durationMs: z.int().min(0).max(60_000).optional(),
    cpuMs: z.int().min(0).max(10_000).optional(),
    outcome: z.enum(['complete', 'fail', 'fail-once', 'crash']).optional(),
    steps: z.int().min(0).max(100).optional(),
    payload: z.unknown().optional(),
  }),
  output: z.object({ payload: z.unknown().optional(), attempt: z.int() }),
  consumerConcurrency: 500,
  async run({ data, attempt }) {
    return { ...(data.payload === undefined ? {} : { payload: data.payload }), attempt };
  },
});`;

const TYPES = ['diagnostic', 'same-work'] as const;
const measured: Record<(typeof TYPES)[number], number[]> = { diagnostic: [], 'same-work': [] };
try {
  const context = await newContext();
  const workers = await startWithJobs({ 'same-work': SAME_WORK });
  const item = { payload: 1 };
  // Each is run once unmeasured: code is compiled and plans are made.
  for (const type of TYPES) await rowsPerSecond(context, { type, rows: 1000, item });
  for (let round = 0; round < rounds; round += 1) {
    for (const type of round % 2 === 0 ? TYPES : TYPES.toReversed()) {
      measured[type].push(await rowsPerSecond(context, { type, rows, item }));
    }
  }
  await workers.stop();
} finally {
  await closeConnections();
  await services.stop();
}

const { diagnostic, 'same-work': own } = measured;
publish(
  'own-type',
  `## A type of one's own against a built-in one

\`npm run bench -- own-type ${rows} ${rounds}\`: batches of ${rows.toLocaleString('en')} no-op jobs of the built-in type \`diagnostic\`, and of a job file that does
the same, in turns, rows/s from start to done, median of ${rounds} rounds (lowest–highest). Queues on Postgres, one consumer. The input and the result of a
job file are checked in the consumer too.

${table(
  ['built-in, rows/s', 'job file, rows/s', 'ratio'],
  [[spread(diagnostic), spread(own), times(own.map((value, i) => value / (diagnostic[i] ?? Number.NaN)))]],
)}
`,
);
process.exit(0);
