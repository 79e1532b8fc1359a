import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { middle } from './figures';
import { AT_ONCE, AWAY_MS, type Recovered, WAIT_MS } from './recovery-run';
import { publish, table } from './report';

/** Measures how long work stands still after a fault, on both backends. `npm run bench -- recovery <rounds>` */
const rounds = process.argv[2] ?? '3';

/** Each backend runs in a process of its own, because the first import of the product reads the environment. */
async function measure(backend: 'redis' | 'postgres'): Promise<Recovered[]> {
  const script = fileURLToPath(new URL('./recovery-run.ts', import.meta.url));
  const child = fork(script, [backend, rounds], { execArgv: ['--import', 'tsx'] });
  const results: Recovered[] = [];
  child.on('message', (result: Recovered) => results.push(result));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the run on ${backend} ended with ${code}`);
  return results;
}

const onPostgres = await measure('postgres');
const onRedis = await measure('redis');

const seconds = (values: (number | undefined)[]): string => {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return '–';
  const all = known.length < values.length ? `, ${known.length} of ${values.length} times` : '';
  return `${middle(known).toFixed(1)} (${Math.min(...known).toFixed(1)}–${Math.max(...known).toFixed(1)}${all})`;
};

const faults = [...new Set([...onRedis, ...onPostgres].map(({ fault }) => fault))];
publish(
  'recovery',
  `## After a fault

\`npm run bench -- recovery ${rounds}\`: two supervisors with one consumer each run a batch of jobs that wait ${WAIT_MS} ms, ${AT_ONCE} at a time. Seconds,
median of ${rounds} rounds (lowest–highest), from the kill, or from the moment when the service accepts connections again
(it was away for ${AWAY_MS / 1000} s). The full rate is back when three seconds in a row reach 90 % of the rate before the fault.

${table(
  ['fault', 'queues on', 'first lost row runs again', 'last lost row runs again', 'first result', 'full rate'],
  faults.flatMap((fault) =>
    [
      { backend: 'Redis', results: onRedis },
      { backend: 'Postgres', results: onPostgres },
    ].flatMap(({ backend, results }) => {
      const of = results.filter((result) => result.fault === fault);
      if (of.length === 0) return [];
      return [
        [
          fault,
          backend,
          seconds(of.map((r) => r.firstAgain)),
          seconds(of.map((r) => r.lastAgain)),
          seconds(of.map((r) => r.firstResult)),
          `**${seconds(of.map((r) => r.fullRate))}**`,
        ],
      ];
    }),
  ),
)}
`,
);
process.exit(0);
