import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '@/chaos/fault';
import { kill } from '@/chaos/fault';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { DomainError } from '@/lib/domain/errors';
import { redeliverLost } from '@/lib/domain/worker/sweep';
import { queueOf } from '@/lib/queue/queues';
import { asItems } from '@/lib/testing/items';
import { until } from '@/lib/testing/until';

/** how often every call races the others */
const RACES_EACH = 20;

/** Returns how many calls succeeded. A call may be refused; any other error fails the run. */
function succeeded(outcomes: PromiseSettledResult<unknown>[]): number {
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected' && !(outcome.reason instanceof DomainError)) throw outcome.reason;
  }
  return outcomes.filter((o) => o.status === 'fulfilled').length;
}

/** Returns the number of attempts of a batch; each claim raises it by one. */
async function attemptsOf(batchId: string): Promise<number> {
  const { rows } = await pool().query<{ attempts: number }>(
    'select sum(attempt)::int as attempts from job where batch_id = $1',
    [batchId],
  );
  return rows[0]?.attempts ?? 0;
}

export const RACES: Fault[] = [
  {
    name: 'cancel, retry, pause and completion race',
    short: true,
    async strike({ context, batchIds }) {
      let count = 0;
      for (let i = 0; i < RACES_EACH; i += 1) {
        count += succeeded(
          await Promise.allSettled(
            batchIds.flatMap((id) => [
              cancelBatch(context, id),
              retryBatch(context, id, { only: 'all' }),
              cancelBatch(context, id, { force: true }),
              pauseBatch(context, id),
              resumeBatch(context, id),
              retryBatch(context, id, { only: 'failed' }),
            ]),
          ),
        );
        await sleep(50);
      }
      // The batch must not stay paused.
      await Promise.allSettled(batchIds.map((id) => resumeBatch(context, id)));
      return count;
    },
  },
  {
    name: 'batches are cancelled while consumers die',
    async strike({ context, feed }) {
      let count = 0;
      for (let round = 0; round < 2; round += 1) {
        const id = await feed(
          Array.from({ length: 400 }, () => ({ durationMs: 40 })),
          { concurrency: 40 },
        );
        const victim = await until(
          'a consumer holds some of it',
          async () => {
            const { rows } = await pool().query<{ pid: number }>(
              `select c.pid from job j join consumer c on c.id = j.consumer_id
               where j.batch_id = $1 and j.status = 'active' and c.pid is not null and c.ended_at is null limit 1`,
              [id],
            );
            return rows[0]?.pid;
          },
          { everyMs: 10 },
        );
        const killed = kill(victim);
        await cancelBatch(context, id);
        const begun = await attemptsOf(id);
        await until(
          'the cancelled batch has ended',
          async () => {
            const { rows } = await pool().query('select 1 from batch where id = $1 and finished_at is not null', [id]);
            return rows.length > 0;
          },
          { everyMs: 50 },
        );
        const later = await attemptsOf(id);
        if (later > begun) throw new Error(`${later - begun} attempts began after a cancel was acknowledged`);
        if (killed) count += 1;
      }
      return count;
    },
  },
  {
    name: 'four sweeps at once over an emptied queue',
    async strike({ batchIds }) {
      await queueOf('diagnostic').obliterate({ force: true });
      // Simulates that the ten seconds have passed after which a batch without progress is inspected.
      await pool().query(
        `update batch set rate_at = now() - interval '1 minute' where status = 'in-progress' and id = any($1::uuid[])`,
        [batchIds],
      );
      const counts = await Promise.all(Array.from({ length: 4 }, () => redeliverLost()));
      return counts.reduce((sum, n) => sum + n, 0);
    },
  },
  {
    name: 'the same launch is sent five times at once',
    short: true,
    async strike({ context, batchIds }) {
      const outcomes = await Promise.all(
        Array.from({ length: 5 }, () =>
          launchBatch(context, {
            fields: { name: 'twin', type: 'diagnostic', start: 'queue' },
            items: asItems([{}, {}, {}]),
            idempotencyKey: `twin-${context.organizationId}`,
          }),
        ),
      );
      const ids = new Set(outcomes.map((o) => o.result.batchId));
      if (ids.size !== 1) throw new Error('one key made several batches');
      batchIds.push(...ids);
      return outcomes.filter((o) => o.outcome === 'existing').length;
    },
  },
];
