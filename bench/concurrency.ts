import { middle } from './figures';
import { publish, table } from './report';
import { startServices } from './services';

/**
 * Compares how well a concurrency is used, with raw BullMQ in the same run.
 * `npm run bench -- concurrency-<redis|postgres> <seconds> <rounds> <concurrency,…> <milliseconds,…>`
 */
const [backend, seconds, rounds, concurrencies, durations] = process.argv.slice(2) as [
  'redis' | 'postgres',
  string,
  string,
  string,
  string,
];
const numbers = (list: string): number[] => list.split(',').map(Number);
/** Jobs for each slot: fewer would measure the start and the end. */
const LEAST_TURNS = 15;

const services = await startServices({ redis: backend === 'redis' });
// Imported after the environment is set, because the first import reads it once.
const { measureRaw } = await import('./raw');
const { closeConnections, newContext, runBatch, startWorkers } = await import('./product');

interface Case {
  concurrency: number;
  durationMs: number;
  /** jobs per second, as a share of concurrency / duration, of each round */
  raw: number[];
  ours: number[];
}

const cases: Case[] = numbers(concurrencies).flatMap((concurrency) =>
  numbers(durations).map((durationMs) => ({ concurrency, durationMs, raw: [], ours: [] })),
);

try {
  const context = await newContext();
  const url = services.redisUrl ?? services.databaseUrl;
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const one of cases) {
      const { concurrency, durationMs } = one;
      const perSecond = (concurrency / durationMs) * 1000;
      const count = Math.max(LEAST_TURNS * concurrency, Math.round(perSecond * Number(seconds)));
      const raw = await measureRaw('apart', url, { count, concurrency, durationMs });
      one.raw.push(raw.jobsPerSecond / perSecond);
      // Workers run only during their measurement: idle ones would poll the queue during that of raw BullMQ.
      const workers = await startWorkers({ WORKER_PROCESSES: '1' });
      await runBatch(context, 50);
      const run = await runBatch(context, count, { options: { concurrency }, item: { durationMs } });
      await workers.stop();
      one.ours.push(((count / run.runMs) * 1000) / perSecond);
      console.error(
        `c=${concurrency} d=${durationMs}: raw ${one.raw.at(-1)?.toFixed(2)}, Batchyard ${one.ours.at(-1)?.toFixed(2)}`,
      );
    }
  }
} finally {
  await closeConnections();
  await services.stop();
}

publish(
  `concurrency-${backend}`,
  `## Use of a small concurrency, queues on ${backend === 'redis' ? 'Redis' : 'Postgres'}

\`npm run bench -- concurrency-${backend} ${seconds} ${rounds} ${concurrencies} ${durations}\`: a batch with a concurrency whose items wait for
some milliseconds, and raw BullMQ with the same concurrency and the same wait, producer and worker apart. Shares of the possible
rate, concurrency / duration; median of ${rounds} rounds, one consumer each.

${table(
  ['concurrency', 'each item, ms', 'raw BullMQ', 'Batchyard', 'ratio'],
  cases.map(({ concurrency, durationMs, raw, ours }) => [
    String(concurrency),
    String(durationMs),
    middle(raw).toFixed(2),
    middle(ours).toFixed(2),
    middle(ours.map((value, i) => value / (raw[i] ?? Number.NaN))).toFixed(2),
  ]),
)}
`,
);
process.exit(0);
