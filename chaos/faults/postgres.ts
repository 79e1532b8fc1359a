import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Fault } from '@/chaos/fault';
import { env } from '@/lib/config/env';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { until } from '@/lib/testing/until';

const HOLDER = 'chaos-holder';
const EXHAUSTED_MS = 4000;
const SLOW = { delayMs: 40, forMs: 6000 };

/** Terminates all connections except those of the holder. @returns the number */
async function terminate(client: Pick<pg.Client, 'query'>): Promise<number> {
  const { rows } = await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and application_name <> $1`,
    [HOLDER],
  );
  return rows.length;
}

async function hold(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: env().DATABASE_URL, application_name: HOLDER });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Opens connections until Postgres refuses more, while the product's connections are terminated. */
async function holdAll(held: pg.Client[]): Promise<void> {
  const first = await hold();
  held.push(first);
  for (;;) {
    try {
      await terminate(first);
      for (let i = 0; i < 300; i += 1) held.push(await hold());
    } catch (error) {
      if ((error as { code?: string }).code !== '53300') throw error;
      const { rows } = await first.query(
        `select 1 from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and application_name <> $1`,
        [HOLDER],
      );
      if (rows.length === 0) return;
    }
  }
}

async function liveConsumers(): Promise<number[]> {
  const { rows } = await pool().query<{ id: number }>('select id from consumer where ended_at is null');
  return rows.map((row) => row.id);
}

const COMMIT = /^Q[\s\S]{4}commit\0$/i;
/** The end of a response outside of a transaction: the write is durable. */
const IDLE = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

/** Recognizes writes in a wire chunk by the product's named statements and the SQL keyword. */
function writeOf(piece: Buffer): string | undefined {
  if (piece.includes('record-outcomes')) return 'record';
  if (piece.includes('claim-jobs')) return 'claim';
  return piece.length < 20 && COMMIT.test(piece.toString('latin1')) ? 'commit' : undefined;
}

export const POSTGRES_FAULTS: Fault[] = [
  {
    name: 'Postgres ends every connection, five times',
    short: true,
    async strike() {
      let count = 0;
      for (let i = 0; i < 5; i += 1) {
        count += await until('Postgres answers', () => terminate(pool()).catch(() => undefined));
        await sleep(300);
      }
      return count;
    },
  },
  {
    name: 'Postgres is restarted, four times',
    async strike({ installation }) {
      for (let i = 0; i < 4; i += 1) {
        await installation.postgres.restart();
        await sleep(1500);
      }
      return 4;
    },
  },
  {
    name: 'Postgres has no connection left',
    async strike({ installation }) {
      const held: pg.Client[] = [];
      const before = await liveConsumers();
      let refused = 0;
      installation.postgresProxy.overhear = (answer) => {
        // During startup the error response is short and contains the code too_many_connections.
        if (answer.length < 400 && answer.includes('C53300')) refused += 1;
      };
      try {
        await holdAll(held);
        await sleep(EXHAUSTED_MS);
      } finally {
        installation.postgresProxy.overhear = undefined;
        await Promise.all(held.map((client) => client.end()));
      }
      const after = await until('Postgres answers', () => liveConsumers().catch(() => undefined));
      const died = before.filter((id) => !after.includes(id));
      if (died.length > 0) throw new Error(`${died.length} consumers died of it`);
      return refused;
    },
  },
  {
    name: 'Postgres is slow',
    async strike({ installation, feed }) {
      const proxy = installation.postgresProxy;
      const before = proxy.delayed;
      proxy.delayMs = SLOW.delayMs;
      try {
        await feed(Array.from({ length: 500 }, () => ({ durationMs: 5 })));
        await sleep(SLOW.forMs);
      } finally {
        proxy.delayMs = 0;
      }
      return proxy.delayed - before;
    },
  },
  {
    name: 'answers to commits are lost',
    short: true,
    async strike({ installation, feed, busy }) {
      const lost: Record<string, number> = { record: 0, claim: 0, commit: 0 };
      let asked = 0;
      installation.postgresProxy.interception = {
        loses: (request) => {
          if (!writeOf(request)) return false;
          asked += 1;
          return asked % 4 === 0;
        },
        isWhole: (answer) => answer.subarray(-IDLE.length).equals(IDLE),
        lost: (request) => {
          const kind = must(writeOf(request), 'The kind of a lost answer');
          lost[kind] = (lost[kind] ?? 0) + 1;
        },
      };
      try {
        await until(
          'answers of every kind were lost',
          async () => {
            if (!(await busy())) await feed(Array.from({ length: 300 }, (_, i) => ({ durationMs: i % 20 })));
            return Object.values(lost).every((n) => n >= 3);
          },
          { everyMs: 200 },
        );
      } finally {
        installation.postgresProxy.interception = undefined;
      }
      return Object.values(lost).reduce((sum, n) => sum + n, 0);
    },
  },
];
