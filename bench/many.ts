import { spread, times } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/**
 * Compares the same work written with `run` and with `runMany` of 100 items, in turns.
 * `npm run bench -- many <rows> <rounds>`
 */
const [size, rounds] = process.argv.slice(2).map(Number) as [number, number];
const MAX_ITEMS = 100;
const CALL_MS = 20;
/** Calls that the endpoint of the last case answers at the same time. */
const PLACES = 4;

const services = await startServices({ redis: false });
// Imported after the environment is set, because the first import reads it once.
const { closeConnections, newContext } = await import('./product');
const { rowsPerSecond, startWithJobs } = await import('./own-jobs');

const CASES = {
  nothing: { name: 'no work', rows: size },
  call: { name: `a call of ${CALL_MS} ms`, rows: size },
  // With `run` it is so slow that fewer rows suffice.
  places: { name: `the same, ${PLACES} calls at a time`, rows: Math.ceil(size / 5) },
};
type Case = keyof typeof CASES;

const file = (work: string): string => `
import { setTimeout as sleep } from 'node:timers/promises';
import { defineJob } from 'batchyard';
import { z } from 'zod';

let free = ${PLACES};
const waiting: (() => void)[] = [];
async function call(how: string): Promise<void> {
  if (how === 'nothing') return;
  if (how === 'places' && free-- <= 0) await new Promise<void>((resolve) => waiting.push(resolve));
  await sleep(${CALL_MS});
  if (how === 'places' && free++ < 0) waiting.shift()?.();
}

export default defineJob({
  input: z.object({ how: z.enum(['nothing', 'call', 'places']), payload: z.int() }),
  output: z.object({ payload: z.int() }),
  ${work}
});`;

const JOBS = {
  'bench-run': file(`
  consumerConcurrency: ${MAX_ITEMS},
  async run({ data }) {
    await call(data.how);
    return { payload: data.payload };
  },`),
  'bench-many': file(`
  maxItems: ${MAX_ITEMS},
  async runMany(items) {
    await call(items[0]?.data.how ?? '');
    return items.map(({ data }) => ({ payload: data.payload }));
  },`),
};
const TYPES = ['bench-run', 'bench-many'] as const;

const measured = Object.keys(CASES).map((how) => ({
  how: how as Case,
  'bench-run': [] as number[],
  'bench-many': [] as number[],
}));
try {
  const context = await newContext();
  const workers = await startWithJobs(JOBS);
  for (let round = -1; round < rounds; round += 1) {
    for (const one of measured) {
      for (const type of round % 2 === 0 ? TYPES : TYPES.toReversed()) {
        // Before the first round each is run once unmeasured: code is compiled and plans are made.
        const rows = round < 0 ? 10 * MAX_ITEMS : CASES[one.how].rows;
        const item = { how: one.how, payload: 1 };
        const rate = await rowsPerSecond(context, { type, rows, item, concurrency: MAX_ITEMS });
        if (round >= 0) one[type].push(rate);
      }
    }
  }
  await workers.stop();
} finally {
  await closeConnections();
  await services.stop();
}

publish(
  'many',
  `## Many items in one call

\`npm run bench -- many ${size} ${rounds}\`: the same work of a folder of jobs written with \`run\` and with \`runMany\` of ${MAX_ITEMS} items (and the usual
\`maxWaitMs\`), rows/s from start to done, in turns, median of ${rounds} rounds (lowest–highest). Batches with a concurrency of ${MAX_ITEMS}, queues on Postgres, one
consumer. A call takes ${CALL_MS} ms whatever its number of items; the last line is an endpoint that answers ${PLACES} calls at the same time.

${table(
  ['work', 'rows', '`run`, rows/s', '`runMany`, rows/s', 'ratio'],
  measured.map(({ how, 'bench-run': one, 'bench-many': many }) => [
    CASES[how].name,
    CASES[how].rows.toLocaleString('en'),
    spread(one),
    spread(many),
    times(many.map((value, i) => value / (one[i] ?? Number.NaN))),
  ]),
)}

Rows are claimed, recorded and counted one by one in both. What \`runMany\` saves is calls.
`,
);
process.exit(0);
