import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Context } from '@/lib/domain/context';
import { asItems } from '@/lib/testing/items';
import { until } from '@/lib/testing/until';

const LOOK_MS = 20;
const PAUSE_MS = 100;

interface Seen {
  statement: number | null;
  transaction: number | null;
  wait: number | null;
  waiting: string | null;
  oldest: string | null;
}

/** Samples running statements, transactions and waits for locks until it is stopped. Milliseconds. */
export async function watchDatabase() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  const longest = { statement: 0, transaction: 0, wait: 0, waiting: '', oldest: '' };
  let on = true;
  const looking = (async () => {
    while (on) {
      const { rows } = await client.query<Seen>(
        `select max(extract(epoch from clock_timestamp() - query_start)) filter (where state = 'active') * 1000 as statement,
           max(extract(epoch from clock_timestamp() - xact_start)) filter (where state <> 'idle') * 1000 as transaction, max(l.ms) as wait,
           (array_agg(state || ': ' || query order by xact_start nulls last) filter (where state <> 'idle'))[1] as oldest,
           (array_agg(l.locktype || ': ' || query order by l.ms desc nulls last))[1] as waiting
         from pg_stat_activity a
           left join (select pid, locktype, extract(epoch from clock_timestamp() - waitstart) * 1000 as ms from pg_locks where not granted) l
             using (pid)
         where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
      );
      const [seen] = rows;
      longest.statement = Math.max(longest.statement, Number(seen?.statement ?? 0));
      const transaction = Number(seen?.transaction ?? 0);
      if (transaction > longest.transaction)
        Object.assign(longest, { transaction, oldest: shorten(seen?.oldest ?? '') });
      const wait = Number(seen?.wait ?? 0);
      if (wait > longest.wait) Object.assign(longest, { wait, waiting: shorten(seen?.waiting ?? '') });
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

const shorten = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 100);

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
