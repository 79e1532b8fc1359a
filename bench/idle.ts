import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type StartedProduct, startProduct } from '@/e2e/support/start-product';
import { startRedis } from '@/lib/testing/services/redis';
import { until } from '@/lib/testing/until';
import { listDescendants } from './cpu';
import { middle, spread } from './figures';
import { publish, table } from './report';

/** Measures what the product costs when it has nothing to do. `npm run bench -- idle <seconds>` */
const seconds = Number(process.argv[2]);
const QUIET_MS = 5000;
const WAKES = 5;

/** Processor time of a part as a share of a core, and its memory. */
interface Part {
  processes: number;
  share: number;
  pssMiB: number;
}

interface Idle {
  parts: Map<string, Part>;
  transactions: number;
  statements: number | undefined;
  commands: number | undefined;
  sessions: number;
  /** milliseconds from creation to the recorded end of a single job that comes after idle time */
  wakesMs: number[];
}

/** The product's processes, and the Redis that runs beside it. */
const processesOf = (product: StartedProduct) => [
  ...listDescendants(product.pid),
  ...listDescendants(process.pid).filter(({ part }) => part === 'Redis'),
];

const cpuUs = (product: StartedProduct): number =>
  processesOf(product).reduce((sum, { usWithEnded }) => sum + usWithEnded, 0);

/** Waits until the processes use no less time than before: nothing of the start goes on. */
async function becomeQuiet(product: StartedProduct): Promise<void> {
  let last = Number.POSITIVE_INFINITY;
  await until(
    'the product is quiet',
    async () => {
      const before = cpuUs(product);
      await sleep(QUIET_MS);
      const used = cpuUs(product) - before;
      const quiet = used > last * 0.9;
      last = used;
      return quiet;
    },
    { timeoutMs: 120_000, everyMs: 0 },
  );
}

/** Proportional memory of a process: a page that several share is divided among them. 0 if it has exited. */
function pssMiB(pid: number): number {
  try {
    const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return Number(kib ?? 0) / 1024;
  } catch {
    return 0;
  }
}

interface Counts {
  transactions: number;
  statements: number | undefined;
  commands: number | undefined;
}

async function count(client: pg.Client, redis: Redis | undefined): Promise<Counts> {
  const { rows } = await client.query<{ transactions: number; loaded: boolean }>(
    `select (xact_commit + xact_rollback)::float8 as transactions, to_regclass('pg_stat_statements') is not null as loaded
     from pg_stat_database where datname = current_database()`,
  );
  const statements = rows[0]?.loaded
    ? (await client.query<{ calls: number }>('select sum(calls)::float8 as calls from pg_stat_statements')).rows[0]
    : undefined;
  const stats = await redis?.info('commandstats');
  const commands = stats && [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  return {
    transactions: rows[0]?.transactions ?? Number.NaN,
    statements: statements?.calls,
    commands: commands || undefined,
  };
}

/** Creates a single job after idle time. @returns milliseconds from its creation to its recorded end */
async function wake(product: StartedProduct, client: pg.Client): Promise<number> {
  await sleep(QUIET_MS);
  const response = await fetch(`${product.url}/api/jobs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'diagnostic', data: {} }),
  });
  if (!response.ok) throw new Error(`the job was answered with ${response.status}: ${await response.text()}`);
  return until('the job has ended', async () => {
    const { rows } = await client.query<{ ms: number | null }>(
      `select extract(epoch from finished_at - created_at)::float8 * 1000 as ms from job order by created_at desc limit 1`,
    );
    return rows[0]?.ms;
  });
}

async function measure(redisUrl: string | undefined): Promise<Idle> {
  const product = await startProduct('idle', { REDIS_URL: redisUrl, WORKER_PROCESSES: undefined });
  const client = new pg.Client({ connectionString: product.databaseUrl });
  const redis = redisUrl ? new Redis(redisUrl) : undefined;
  try {
    await client.connect();
    await becomeQuiet(product);
    const cpuBefore = new Map(processesOf(product).map(({ pid, usWithEnded }) => [pid, usWithEnded]));
    const before = await count(client, redis);
    await sleep(seconds * 1000);
    const after = await count(client, redis);
    const parts = new Map<string, Part>();
    for (const { pid, part = 'other', usWithEnded } of processesOf(product)) {
      const sofar = parts.get(part) ?? { processes: 0, share: 0, pssMiB: 0 };
      parts.set(part, {
        processes: sofar.processes + 1,
        share: sofar.share + (usWithEnded - (cpuBefore.get(pid) ?? 0)) / (seconds * 1_000_000),
        pssMiB: sofar.pssMiB + pssMiB(pid),
      });
    }
    const { rows } = await client.query<{ sessions: number }>(
      `select count(*)::int as sessions from pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    );
    const wakesMs: number[] = [];
    for (let i = 0; i < WAKES; i += 1) wakesMs.push(await wake(product, client));
    const rate = (now: number | undefined, then: number | undefined, ours: number) =>
      now === undefined || then === undefined ? undefined : Math.max(0, now - then - ours) / seconds;
    return {
      parts,
      // Without the one statement, and the one command, that count.
      transactions: rate(after.transactions, before.transactions, 1) ?? Number.NaN,
      statements: rate(after.statements, before.statements, 2),
      commands: rate(after.commands, before.commands, 1),
      sessions: rows[0]?.sessions ?? Number.NaN,
      wakesMs,
    };
  } finally {
    redis?.disconnect();
    await client.end();
    await product.stop();
  }
}

const embedded = await measure(undefined);
const server = await startRedis(undefined);
const withRedis = await measure(server.url).finally(() => server.stop());
const both = [embedded, withRedis];

const sumOf = ({ parts }: Idle, key: keyof Part): number =>
  [...parts.values()].reduce((sum, part) => sum + part[key], 0);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const perSecond = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(1));
const names = [...new Set(both.flatMap(({ parts }) => [...parts.keys()]))];

publish(
  'idle',
  `## Idle

\`npm run bench -- idle ${seconds}\`: the product as \`npm start\` runs it, with nothing to do for ${seconds} s after its start has become quiet; queues in
the embedded Postgres, and on Redis with rows in the embedded Postgres. Memory is proportional (PSS): shared pages count once.

${table(
  ['what', 'queues on Postgres', 'queues on Redis', 'goal'],
  [
    ['processor time of all processes, of one core', ...both.map((b) => `**${percent(sumOf(b, 'share'))}**`), '≤ 1 %'],
    ['transactions a second on Postgres (`pg_stat_database`)', ...both.map((b) => perSecond(b.transactions)), '≤ 5'],
    ['statements a second (`pg_stat_statements`, if loaded)', ...both.map((b) => perSecond(b.statements)), '≤ 5'],
    ['commands a second on Redis (`INFO commandstats`)', ...both.map((b) => perSecond(b.commands)), '≤ 5'],
    ['database sessions', ...both.map((b) => String(b.sessions)), ''],
    ['processes', ...both.map((b) => String(sumOf(b, 'processes'))), ''],
    ['memory, MiB', ...both.map((b) => `**${sumOf(b, 'pssMiB').toFixed(0)}**`), '≤ 600'],
    [`a job after idle time, created to recorded, ms (${WAKES} times)`, ...both.map((b) => spread(b.wakesMs)), '≤ 100'],
  ],
)}

${table(
  ['part', 'processes', 'of one core', 'memory, MiB', 'with Redis: processes', 'of one core', 'memory, MiB'],
  names.map((name) => [
    name,
    ...both.flatMap(({ parts }) => {
      const part = parts.get(name);
      return part ? [String(part.processes), percent(part.share), part.pssMiB.toFixed(0)] : ['–', '–', '–'];
    }),
  ]),
)}
`,
);
process.exit(Number.isNaN(middle(embedded.wakesMs)) ? 1 : 0);
