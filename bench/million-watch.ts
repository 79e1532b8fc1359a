import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Context } from '@/lib/domain/context';
import { asItems } from '@/lib/testing/items';
import { until } from '@/lib/testing/until';

const LOOK_MS = 20;
const PAUSE_MS = 100;

/** Samples running statements, transactions and waits for locks until it is stopped. Milliseconds. */
export async function watchDatabase() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const longest = { statement: 0, transaction: 0, wait: 0 };
  let on = true;
  const looking = (async () => {
    while (on) {
      const { rows } = await client.query<Record<keyof typeof longest, number | null>>(
        `select max(extract(epoch from clock_timestamp() - query_start)) filter (where state = 'active') * 1000 as statement,
           max(extract(epoch from clock_timestamp() - xact_start)) * 1000 as transaction,
           max(extract(epoch from clock_timestamp() - query_start)) filter (where wait_event_type = 'Lock') * 1000 as wait
         from pg_stat_activity
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      for (const key of ['statement', 'transaction', 'wait'] as const)
        longest[key] = Math.max(longest[key], Number(rows[0]?.[key] ?? 0));
      await sleep(LOOK_MS);
    }
  })();
  return {
    async stop() {
      on = false;
      await looking;
      await client.end();
      return longest;
    },
  };
}

/** Launches small batches of another organization, one after the other. `stop` returns how long each took, in ms. */
export function watchNeighbor(context: Context, size: number) {
  const took: number[] = [];
  let on = true;
  const looking = (async () => {
    const { launchBatch } = await import('@/lib/domain/batch/launch-batch');
    const { pool } = await import('@/lib/db/pool');
    while (on) {
      const began = performance.now();
      const { result } = await launchBatch(context, {
        fields: { name: 'small', type: 'diagnostic', start: 'queue' },
        items: asItems(Array.from({ length: size }, () => ({ payload: 1 }))),
      });
      await until(
        'the small batch has ended',
        async () =>
          (await pool().query('select 1 from batch where id = $1 and finished_at is not null', [result.batchId])).rows
            .length > 0,
        { timeoutMs: 600_000, everyMs: 10 },
      );
      took.push(performance.now() - began);
      await sleep(PAUSE_MS);
    }
  })();
  looking.catch(() => undefined);
  return {
    async stop() {
      on = false;
      await looking;
      return took;
    },
  };
}
