import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { until } from '@/lib/testing/until';
import type { Workers } from './product';
import { startServices } from './services';

/** One backend of `bench/recovery.ts`: strikes every fault in every round, and sends each result over IPC. */
export const AT_ONCE = 100;
export const WAIT_MS = 500;
/** how long a stopped service is away */
export const AWAY_MS = 3000;
const BEFORE_MS = 5000;
const WATCH_MS = 40_000;
const STEP_MS = 100;
const FULL = 0.9;
/** enough for the whole run at the rate that is possible */
const ITEMS = 120_000;

/** Seconds; undefined where nothing was lost, or where it did not happen while it was watched. */
export interface Recovered {
  fault: string;
  firstAgain: number | undefined;
  lastAgain: number | undefined;
  firstResult: number | undefined;
  fullRate: number | undefined;
}

interface Held {
  id: string;
  attempt: number;
}

/** What a strike leaves to watch: the rows that it lost, and the moment from which seconds count. */
interface Struck {
  lost: Held[];
  at: number;
}

async function main(backend: 'redis' | 'postgres', rounds: number): Promise<void> {
  const services = await startServices({ redis: backend === 'redis', redisKeeps: true });
  // Imported after the environment is set, because the first import reads it once.
  const { closeConnections, launchOf, newContext, startWorkers } = await import('./product');
  const { pool } = await import('@/lib/db/pool');

  const start = () => startWorkers({ WORKER_PROCESSES: '1', LOG_LEVEL: 'silent' });
  const machines: Workers[] = [await start(), await start()];
  const items = Array.from({ length: ITEMS }, () => ({ durationMs: WAIT_MS }));
  await launchOf(await newContext(), items, { start: 'now', options: { concurrency: AT_ONCE } });

  /** Completions in steps of 100 ms since a moment of the database's clock. */
  async function completions(since: number, forMs: number): Promise<number[]> {
    const { rows } = await pool().query<{ step: number; count: number }>(
      `select floor((extract(epoch from finished_at) * 1000 - $1::float8) / $2::float8)::int as step, count(*)::int
       from job where finished_at >= to_timestamp($1::float8 / 1000)
         and finished_at < to_timestamp(($1::float8 + $3::float8) / 1000) group by 1`,
      [since, STEP_MS, forMs],
    );
    const steps = new Array<number>(Math.ceil(forMs / STEP_MS)).fill(0);
    for (const { step, count } of rows) steps[step] = count;
    return steps;
  }

  const total = (steps: number[]): number => steps.reduce((sum, n) => sum + n, 0);
  const SECOND = 1000 / STEP_MS;

  /** The rate reaches the given one for three seconds in a row from this second on. */
  function fullFrom(steps: number[], perSecond: number): number | undefined {
    for (let i = 0; i + 3 * SECOND <= steps.length; i += 1) {
      const seconds = [0, 1, 2].map((n) => total(steps.slice(i + n * SECOND, i + (n + 1) * SECOND)));
      if (seconds.every((count) => count >= perSecond * FULL)) return i / SECOND;
    }
    return undefined;
  }

  const now = async () =>
    (await pool().query<{ ms: number }>('select extract(epoch from clock_timestamp())::float8 * 1000 as ms')).rows[0]
      ?.ms ?? Number.NaN;

  /** The consumer of a machine, with the rows that it runs. */
  async function consumerOf(machine: Workers): Promise<{ pid: number; held: Held[] }> {
    return until('its consumer runs jobs', async () => {
      const { rows } = await pool().query<{ pid: number; held: Held[] | null }>(
        `select c.pid, (select json_agg(json_build_object('id', j.id, 'attempt', j.attempt)) from in_flight j
           where j.consumer_id = c.id and j.status = 'active') as held
         from consumer c join node n on n.id = c.node_id where n.pid = $1 and c.ended_at is null and c.pid is not null`,
        [machine.process.pid],
      );
      const found = rows.find(({ held }) => held !== null);
      return found?.held && { pid: found.pid, held: found.held };
    });
  }

  /** Kills the given processes of the last machine at the same moment. */
  const kill = (what: { supervisor: boolean; consumer: boolean }) => async (): Promise<Struck> => {
    const machine = machines.at(-1) as Workers;
    const { pid, held } = await consumerOf(machine);
    const at = await now();
    if (what.supervisor) machine.process.kill('SIGKILL');
    if (what.consumer) process.kill(pid, 'SIGKILL');
    if (what.supervisor) machines.pop();
    return { lost: held, at };
  };

  const away = (restart: () => Promise<void>) => async (): Promise<Struck> => {
    await restart();
    return { lost: [], at: await until('Postgres answers', () => now().catch(() => false)) };
  };

  const FAULTS: [string, () => Promise<Struck>][] = [
    ['a consumer is killed', kill({ supervisor: false, consumer: true })],
    ['a supervisor is killed', kill({ supervisor: true, consumer: false })],
    ['a supervisor and its consumer are killed', kill({ supervisor: true, consumer: true })],
    ['Postgres is stopped', away(() => services.postgres.restart(AWAY_MS))],
  ];
  const { redis, redisUrl } = services;
  if (redis && redisUrl) {
    FAULTS.push(
      ['Redis is stopped', away(() => redis.restart(AWAY_MS))],
      [
        'Redis is stopped and comes back empty',
        away(async () => {
          const client = new Redis(redisUrl);
          await client.flushall();
          client.disconnect();
          await redis.restart(AWAY_MS);
        }),
      ],
    );
  }

  async function measure(fault: string, strike: () => Promise<Struck>): Promise<Recovered> {
    await sleep(BEFORE_MS);
    const before = total(await completions((await now()) - BEFORE_MS, BEFORE_MS)) / (BEFORE_MS / 1000);
    const { lost, at } = await strike();
    const again = { first: undefined as number | undefined, last: undefined as number | undefined };
    const end = Date.now() + WATCH_MS;
    let steps: number[] = [];
    let full: number | undefined;
    while (Date.now() < end) {
      await sleep(20);
      const current = await now();
      if (lost.length > 0 && again.last === undefined) {
        // A row of the lost ones that has ended by itself is not lost any more.
        const { rows } = await pool().query<{ again: number; waiting: number }>(
          `select count(*) filter (where j.attempt > h.attempt)::int as again,
             count(*) filter (where j.attempt = h.attempt and j.outcome is null)::int as waiting
           from job j join json_to_recordset($1::json) as h(id uuid, attempt int) on j.id = h.id`,
          [JSON.stringify(lost)],
        );
        const seen = rows[0];
        if (seen && seen.again > 0) again.first ??= (current - at) / 1000;
        if (seen && seen.again > 0 && seen.waiting === 0) again.last = (current - at) / 1000;
      }
      const passed = Math.floor((current - at) / STEP_MS) * STEP_MS;
      if (passed % 500 === 0 && passed > 3000) {
        steps = await completions(at, passed);
        full = fullFrom(steps, before);
      }
      if (full !== undefined && passed > full * 1000 + 3000 && (lost.length === 0 || again.last !== undefined)) break;
    }
    const firstStep = steps.findIndex((count) => count > 0);
    return {
      fault,
      firstAgain: again.first,
      lastAgain: again.last,
      firstResult: firstStep < 0 ? undefined : firstStep / SECOND,
      fullRate: full,
    };
  }

  try {
    for (let round = 0; round < rounds; round += 1) {
      for (const [fault, strike] of FAULTS) {
        process.send?.(await measure(fault, strike));
        if (machines.length < 2) machines.push(await start());
      }
    }
    await Promise.all(machines.map((machine) => machine.stop()));
  } finally {
    await closeConnections();
    await services.stop();
  }
}

if (process.send) {
  const [backend, rounds] = process.argv.slice(2) as ['redis' | 'postgres', string];
  await main(backend, Number(rounds));
  process.exit(0);
}
