import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { pool } from '@/lib/db';
import { cancelBatch, launchBatch, retryBatch } from '@/lib/domain/batch';
import type { Context } from '@/lib/domain/context';
import { redeliverLost } from '@/lib/domain/worker';
import { asItems } from '@/lib/testing/items';
import type { Yard } from './yard';

/** Something bad that happens while batches run. */
export interface Fault {
  name: string;
  /** what it needs: some faults exist on one backend only */
  on?: 'redis';
  /** part of the short form, which `npm test` runs */
  short?: boolean;
  /** done once, in the middle of the run; repeats by itself where that is its nature */
  strike(yard: Yard, context: Context, batchIds: string[]): Promise<void>;
}

async function consumers(): Promise<number[]> {
  const { rows } = await pool().query<{ pid: number }>(
    `select pid from consumer where ended_at is null and pid is not null`,
  );
  return rows.map((r) => r.pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const terminateBackends = () =>
  pool()
    .query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    )
    .catch(() => undefined);

export const FAULTS: Fault[] = [
  {
    name: 'a consumer is killed, three times',
    short: true,
    async strike() {
      for (let i = 0; i < 3; i += 1) {
        const [pid] = await consumers();
        if (pid) kill(pid);
        await sleep(700);
      }
    },
  },
  {
    name: 'the supervisor is killed',
    async strike(yard) {
      yard.workers.kill('SIGKILL');
      await once(yard.workers, 'exit');
      await yard.startWorkers();
    },
  },
  {
    name: 'Redis is killed and comes back empty',
    short: true,
    on: 'redis',
    async strike(yard) {
      await yard.redis?.restart();
    },
  },
  {
    name: 'the queue is emptied',
    async strike() {
      const { queueOf } = await import('@/lib/queue');
      await queueOf('diagnostic').obliterate({ force: true });
    },
  },
  {
    name: 'Postgres ends every connection, five times',
    short: true,
    async strike() {
      for (let i = 0; i < 5; i += 1) {
        await terminateBackends();
        await sleep(300);
      }
    },
  },
  {
    name: 'Postgres is restarted, twice',
    async strike(yard) {
      for (let i = 0; i < 2; i += 1) {
        await yard.postgres.restart();
        await sleep(500);
      }
    },
  },
  {
    name: 'cancel, retry and completion race',
    short: true,
    async strike(_yard, context, batchIds) {
      await Promise.allSettled(
        batchIds.flatMap((id) => [
          cancelBatch(context, id),
          retryBatch(context, id, { only: 'all' }),
          cancelBatch(context, id, { force: true }),
          retryBatch(context, id, { only: 'failed' }),
        ]),
      );
    },
  },
  {
    name: 'four sweeps at once',
    async strike() {
      await pool().query(`update batch set rate_at = now() - interval '1 minute' where status = 'in-progress'`);
      await Promise.all(Array.from({ length: 4 }, () => redeliverLost()));
    },
  },
  {
    name: 'the same launch is sent five times at once',
    short: true,
    async strike(_yard, context) {
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, () =>
          launchBatch(context, {
            fields: { name: 'twin', type: 'diagnostic', start: 'queue' },
            items: asItems([{}, {}, {}]),
            idempotencyKey: `twin-${context.organizationId}`,
          }),
        ),
      );
      if (new Set(outcomes.map((o) => o.result.batchId)).size !== 1) throw new Error('one key made several batches');
    },
  },
];
