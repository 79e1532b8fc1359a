import { afterAll, expect, test } from 'vitest';
import { startOwnRedis } from '@/lib/testing/services/redis';
import { until } from '@/lib/testing/until';

// This file kills its own Redis. It starts before the imports, because they read REDIS_URL.
const redis = await startOwnRedis();
process.env.REDIS_URL = redis.url;

const { pool } = await import('@/lib/db/pool');
const { launchBatch } = await import('@/lib/domain/batch/launch-batch');
const { createContext } = await import('@/lib/testing/factories');
const { asItems } = await import('@/lib/testing/items');
const { bull, closeOpened, open } = await import('@/lib/testing/bull-client');
const { expectConsistent } = await import('@/lib/testing/oracle');
const { startWorkers } = await import('@/lib/testing/services/start-workers');

const QUEUE = 'undelivered';
const JOBS = 6;
const context = await createContext();
const workers = await startWorkers({}, { quiet: true });

afterAll(async () => {
  await workers.stop();
  await closeOpened();
  const [{ closeQueues }, { closeEvents }] = await Promise.all([
    import('@/lib/queue/queues'),
    import('@/lib/events/relay'),
  ]);
  await Promise.all([closeQueues(), closeEvents()]);
  await redis.stop();
});

interface State {
  active: number;
  failed: number;
  attempts: number;
  added: number;
  finished: boolean;
}

async function stateOf(batchId: string): Promise<State | undefined> {
  const { rows } = await pool().query<State>(
    `select count(*) filter (where j.status = 'active')::int as active, b.failed, sum(j.attempt)::int as attempts,
       count(j.dead_letter_attempt)::int as added, b.finished_at is not null as finished
     from batch b join job j on j.batch_id = b.id where b.id = $1 group by b.id`,
    [batchId],
  );
  return rows[0];
}

test('jobs that fail for good while Redis is dead are recorded at once, and are dead letters in the queue when it is back', async () => {
  const { result } = await launchBatch(context, {
    fields: {
      name: 'undeliverable',
      type: 'diagnostic',
      start: 'queue',
      options: { maxAttempts: 1, concurrency: JOBS, deadLetterQueue: QUEUE },
    },
    items: asItems(Array.from({ length: JOBS }, () => ({ durationMs: 15_000, outcome: 'fail' }))),
  });
  const { batchId } = result;
  await until('all of them run', async () => (await stateOf(batchId))?.active === JOBS, {
    everyMs: 50,
  });
  await redis.kill();
  const recorded = await until('the batch has ended without Redis', async () => {
    const state = await stateOf(batchId);
    return state?.finished && state;
  });
  // Each failed once, and no queue has any of them.
  expect(recorded).toMatchObject({ active: 0, failed: JOBS, attempts: JOBS, added: 0 });
  await expectConsistent();

  await redis.restart();
  const queue = open(new bull.Queue(QUEUE, {}));
  await until('their messages are in the queue', async () => (await stateOf(batchId))?.added === JOBS);
  const { rows } = await pool().query<{ id: string }>(
    `select id || '.' || attempt as id from job where batch_id = $1 order by 1`,
    [batchId],
  );
  const letters = await queue.getJobs(['waiting', 'prioritized'], 0, -1, true);
  expect(letters.map(({ id }) => id).toSorted()).toEqual(rows.map(({ id }) => id));
  // Redis came back empty: nothing that has ended runs again.
  expect(await stateOf(batchId)).toMatchObject({ failed: JOBS, attempts: JOBS });
});
