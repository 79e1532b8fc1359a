import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isRedisAway } from '@/lib/config/redis';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import type { Context } from '@/lib/domain/context';
import { sendDeadLetters } from '@/lib/interop/send-dead-letters';
import type { DeadLetter } from '@/lib/queue/dead-letters';
import { bull, closeOpened, open } from '@/lib/testing/bull-client';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

const QUEUE = 'undelivered';
let context: Context;
let workers: Workers;

beforeAll(async () => {
  workers = await startWorkers();
});

beforeEach(async () => {
  context = await createContext();
  await queue().obliterate({ force: true });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await closeOpened();
});

let opened: ReturnType<typeof openQueue> | undefined;
const openQueue = () => open(new bull.Queue(QUEUE, {}));
function queue() {
  opened ??= openQueue();
  return opened;
}

async function launch(items: object[], options: BatchOptions, type = 'diagnostic'): Promise<string> {
  const fields = { name: 'undeliverable', type, start: 'queue' as const, options };
  return (await launchBatch(context, { fields, items: asItems(items) })).result.batchId;
}

const ended = (batchId: string) =>
  until('the batch has ended', async () => {
    const { rows } = await pool().query('select from batch where id = $1 and finished_at is not null', [batchId]);
    return rows.length > 0;
  });

/** What waits in the queue, by the id of the message. */
async function letters(): Promise<Map<string | undefined, DeadLetter>> {
  const jobs = await queue().getJobs(['waiting', 'prioritized'], 0, -1, true);
  return new Map(jobs.map((job) => [job.id, job.data as DeadLetter]));
}

const sent = (count: number) => until(`${count} are in the queue`, async () => (await letters()).size === count);

/** A busy Redis may count as away for a moment: then a later round adds them. */
const addAll = () =>
  until('all are added', () =>
    sendDeadLetters().then(
      () => true,
      (error: unknown) => {
        if (isRedisAway(error)) return false;
        throw error;
      },
    ),
  );

test('jobs that failed for good are added to the queue of their batch, again after each run, and to no other', async () => {
  const items = Array.from({ length: 30 }, (_, i) => ({ outcome: i % 3 === 0 ? 'fail' : 'complete', payload: i }));
  const batchId = await launch(items, {
    maxAttempts: 2,
    backoff: { type: 'fixed', delay: 10 },
    deadLetterQueue: QUEUE,
  });
  const without = await launch(items, { maxAttempts: 1 });
  await Promise.all([ended(batchId), ended(without)]);
  await sent(10);
  const { rows } = await pool().query<{ id: string; attempt: number }>(
    `select id, attempt from job where batch_id = $1 and status = 'failed' order by item_index`,
    [batchId],
  );
  const found = await letters();
  expect([...found.keys()].sort()).toEqual(rows.map(({ id, attempt }) => `${id}.${attempt}`).sort());
  const [first] = rows;
  const { organizationId } = context;
  expect(found.get(`${first?.id}.2`)).toEqual({
    ...{ jobId: first?.id, type: 'diagnostic', organizationId, batchId, flowId: null, name: null },
    ...{ attempt: 2, attemptsMade: 2, code: null, correlationId: expect.any(String) },
    ...{ reason: expect.stringContaining('fail'), failedAt: expect.any(String) },
  });

  // They fail again: each failure for good is a message of its own.
  await retryBatch(context, batchId, { only: 'failed' });
  await sent(20);
  await until('the end of the second run is noted', async () => {
    const { rows: noted } = await pool().query(
      'select from batch where id = $1 and finished_at is not null and dead_letters_sent_at = finished_at',
      [batchId],
    );
    return noted.length > 0;
  });
  const { rows: others } = await pool().query(
    'select from job where batch_id = $1 and dead_letter_attempt is not null',
    [without],
  );
  expect(others).toEqual([]);
});

test('a worker of another client takes the messages, and jobs that such workers run have their data in them', async () => {
  const failing = open(
    new bull.Worker(
      'external',
      async () => {
        throw new Error('not today');
      },
      {},
    ),
  );
  const batchId = await launch([{ n: 7 }], { maxAttempts: 1, deadLetterQueue: QUEUE }, 'external');
  await ended(batchId);
  const taken: Record<string, unknown>[] = [];
  const taking = open(new bull.Worker(QUEUE, async ({ data }) => taken.push(data), {}));
  await until('it was taken', () => taken.length > 0);
  expect(taken).toMatchObject([{ batchId, type: 'external', reason: 'not today', data: { n: 7 } }]);
  await Promise.all([failing.close(), taking.close()]);
});

test('a queue of ours is refused', async () => {
  for (const deadLetterQueue of ['diagnostic', 'external', 'quarantine', 'probe']) {
    const launched = launch([{}], { deadLetterQueue });
    await expect(launched).rejects.toMatchObject({ code: 'invalid-request' });
  }
});

test('two supervisors that add at once, and one that died before it noted it, add each message once', async () => {
  const batchId = await launch(
    Array.from({ length: 1_200 }, () => ({ outcome: 'fail' })),
    { maxAttempts: 1, deadLetterQueue: QUEUE },
  );
  await ended(batchId);
  await sent(1_200);
  expect(await workers.stop()).toBe(0);
  // As if the process had died between the queue and the rows.
  await pool().query('update job set dead_letter_attempt = null where batch_id = $1', [batchId]);
  await pool().query('update batch set dead_letters_sent_at = null where id = $1', [batchId]);
  await Promise.all([addAll(), addAll()]);
  expect((await letters()).size).toBe(1_200);
  const { rows } = await pool().query('select from job where batch_id = $1 and dead_letter_attempt is null', [batchId]);
  expect(rows).toEqual([]);
});
