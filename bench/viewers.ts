import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { middle, percentile, times } from './figures';
import { publish, table } from './report';
import { database, keepPeaks, launchOverHttp, serve, startAndFollow } from './served';

/** Measures delay and cost of viewers of a running batch. `npm run bench -- viewers <children> <viewers> <rounds>` */
const [children, viewers, rounds] = process.argv.slice(2).map(Number) as [number, number, number];
const LOOK_MS = 10;

const served = await serve({ redis: true });
const pool = await database();

/** The times at which the batch's row had each number of completed children. */
function watchRow(batchId: string) {
  const timeline: [number, number][] = [];
  let on = true;
  const look = async () => {
    while (on) {
      const { rows } = await pool.query<{ completed: number }>('select completed from batch where id = $1', [batchId]);
      const completed = rows[0]?.completed ?? 0;
      if (completed > (timeline.at(-1)?.[0] ?? 0)) timeline.push([completed, Date.now()]);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  const looking = look();
  return {
    timeline,
    stop: async () => {
      on = false;
      await looking;
    },
  };
}

/** Returns the age of each progress event on arrival: the time since the row had at least this number. */
function ages(timeline: [number, number][], seen: [number, number][]): number[] {
  return seen.flatMap(([completed, at]) => {
    const since = timeline.find(([n]) => n >= completed);
    return since ? [Math.max(0, at - since[1])] : [];
  });
}

/** An API key may open fifty streams. */
async function makeKeys(): Promise<string[]> {
  const headers = { authorization: `Bearer ${served.product.apiKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'viewers', role: 'operator' });
  const make = async () => {
    const answer = await fetch(`${served.product.url}/api/api-keys`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`a key was answered with ${answer.status}`);
    return ((await answer.json()) as { key: string }).key;
  };
  return Promise.all(Array.from({ length: Math.ceil(viewers / 50) }, make));
}

const keys = await makeKeys();

async function watched(): Promise<{ rate: number; ages: number[]; events: number; peaks: Map<string, number> }> {
  const batchId = await launchOverHttp(served, children);
  const script = fileURLToPath(new URL('./viewers-client.ts', import.meta.url));
  const client = fork(script, [served.product.url, keys.join(','), batchId, String(viewers)], {
    execArgv: ['--import', 'tsx'],
  });
  const heard = <T extends { type: string }>(type: T['type']): Promise<T> =>
    new Promise((resolve, reject) => {
      client.on('message', (message: T) => message.type === type && resolve(message));
      client.once('exit', () => reject(new Error(`the viewers ended before "${type}"`)));
    });
  const seen = heard<{ type: 'seen'; seen: [number, number][] }>('seen');
  seen.catch(() => undefined);
  await heard('connected');
  const row = watchRow(batchId);
  const peaks = new Map<string, number>();
  keepPeaks(peaks);
  const { runMs } = await startAndFollow(served, batchId, peaks);
  const events = (await seen).seen;
  await row.stop();
  return { rate: (children / runMs) * 1000, ages: ages(row.timeline, events), events: events.length, peaks };
}

async function alone(): Promise<number> {
  const batchId = await launchOverHttp(served, children);
  // The row is polled in the same way, so that only the viewers differ.
  const row = watchRow(batchId);
  const { runMs } = await startAndFollow(served, batchId, new Map());
  await row.stop();
  return (children / runMs) * 1000;
}

const unseen: number[] = [];
const seen: Awaited<ReturnType<typeof watched>>[] = [];
try {
  await alone();
  for (let i = 0; i < rounds; i += 1) {
    unseen.push(await alone());
    seen.push(await watched());
  }
} finally {
  await pool.end();
  await served.stop();
}

const delays = seen.flatMap((s) => s.ages);
publish(
  'viewers',
  `## ${viewers} viewers of a running batch

\`npm run bench -- viewers ${children} ${viewers} ${rounds}\`: ${children.toLocaleString('en')} no-op children, queues on Redis, one consumer; ${viewers} event
streams of that batch, read on the same machine. The age of a progress event is the time since the row first had that value.

${table(
  ['what', 'figure'],
  [
    ['jobs/s with no viewers, median', Math.round(middle(unseen)).toLocaleString('en')],
    [`jobs/s with ${viewers} viewers, median`, Math.round(middle(seen.map((s) => s.rate))).toLocaleString('en')],
    ['**ratio**', `**${times(seen.map((s, i) => s.rate / (unseen[i] ?? Number.NaN)))}**`],
    ['progress events received', delays.length.toLocaleString('en')],
    ['age of a progress when it arrived, ms: median', middle(delays).toFixed(0)],
    ['**95th percentile**', `**${percentile(delays, 0.95).toFixed(0)}**`],
    ['99th percentile', percentile(delays, 0.99).toFixed(0)],
    ['web process at most, MiB', ((seen.at(-1)?.peaks.get('web') ?? Number.NaN) / 2 ** 20).toFixed(0)],
  ],
)}
`,
);
process.exit(0);
