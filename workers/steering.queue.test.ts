import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { resumeBatch } from '@/lib/domain/batch/pause-batch';
import { updateBatch } from '@/lib/domain/batch/update-batch';
import type { Context } from '@/lib/domain/context';
import { endBackoff, LONG_BACKOFF } from '@/lib/testing/end-backoff';
import { batchEnded } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { mostAtOnce } from '@/lib/testing/most-at-once';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers({ WORKER_PROCESSES: '2', MAX_ACTIVE_BATCHES: '4', LOG_LEVEL: 'silent' });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

async function launch(count: number, item: unknown, options: BatchOptions): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: 'steered', type: 'diagnostic', options, start: 'queue' },
    items: asItems(Array.from({ length: count }, () => item)),
  });
  return result.batchId;
}

const readClock = async (): Promise<Date> =>
  (await pool().query<{ now: Date }>('select clock_timestamp() as now')).rows[0]?.now ?? new Date();

/** Returns how many rows ran, itself included, when a row started after `since`; of all starts the most. */
async function mostAtStarts(batchId: string, since: Date): Promise<number> {
  const { rows } = await pool().query<{ most: number }>(
    `select coalesce(max(n.running), 0)::int as most from job s cross join lateral (
       select count(*) as running from job r
       where r.batch_id = s.batch_id and r.started_at <= s.started_at and r.finished_at > s.started_at) n
     where s.batch_id = $1 and s.started_at > $2`,
    [batchId, since],
  );
  return rows[0]?.most ?? 0;
}

test('a lower concurrency is never exceeded by a row that starts after the answer, and a higher one is used', async () => {
  const batchId = await launch(3000, { durationMs: 15 }, { concurrency: 40 });
  await until('it runs at full breadth', async () => ((await jobRows(batchId)).completed ?? 0) >= 300);
  await updateBatch(context, batchId, { options: { concurrency: 5 } });
  const lowered = await readClock();
  await until('it goes on', async () => {
    const { rows } = await pool().query<{ n: number }>(
      'select count(*)::int as n from job where batch_id = $1 and started_at > $2 and finished_at is not null',
      [batchId, lowered],
    );
    return (rows[0]?.n ?? 0) >= 100;
  });
  // Rows that start between the statement and its answer may use the higher limit, so each side has its own time.
  const raising = await readClock();
  await updateBatch(context, batchId, { options: { concurrency: 30 } });
  const raised = await readClock();
  expect(await batchEnded(context, batchId)).toMatchObject({ completed: 3000 });
  const { rows } = await pool().query<{ most: number }>(
    `select coalesce(max(n.running), 0)::int as most from job s cross join lateral (
       select count(*) as running from job r
       where r.batch_id = s.batch_id and r.started_at <= s.started_at and r.finished_at > s.started_at) n
     where s.batch_id = $1 and s.started_at > $2 and s.started_at < $3`,
    [batchId, lowered, raising],
  );
  expect(rows[0]?.most).toBeLessThanOrEqual(5);
  expect(await mostAtOnce(batchId)).toBeLessThanOrEqual(40);
  const later = await mostAtStarts(batchId, raised);
  expect(later).toBeGreaterThan(5);
  expect(later).toBeLessThanOrEqual(30);
});

test('more attempts hold for rows that wait for their next one, also in the queue', async () => {
  const batchId = await launch(3, { outcome: 'fail' }, { maxAttempts: 2, backoff: LONG_BACKOFF });
  const attempts = async (made: number) => {
    await until(`${made} attempts were made`, async () => {
      const { rows } = await pool().query('select 1 from job where batch_id = $1 and attempts_made = $2', [
        batchId,
        made,
      ]);
      return rows.length === 3;
    });
  };
  await attempts(1);
  await updateBatch(context, batchId, { options: { maxAttempts: 4 } });
  for (const made of [2, 3, 4]) {
    await endBackoff(3);
    await attempts(made);
  }
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'failed', failed: 3 });
});

test('a rate that is set while it runs holds for every later start', async () => {
  const batchId = await launch(2000, { durationMs: 5 }, { concurrency: 20 });
  await until('it runs', async () => ((await jobRows(batchId)).completed ?? 0) >= 100);
  await updateBatch(context, batchId, { options: { ratePerMinute: 600 } });
  const limited = await readClock();
  const startedSince = async () => {
    const { rows } = await pool().query<{ n: number; seconds: number }>(
      `select count(*)::int as n, extract(epoch from max(started_at) - $2::timestamptz)::float8 as seconds
       from job where batch_id = $1 and started_at > $2`,
      [batchId, limited],
    );
    return rows[0] ?? { n: 0, seconds: 0 };
  };
  await until('rows start', async () => (await startedSince()).n >= 15);
  // Ten a second: starts of the last second may be made up for.
  const { n, seconds } = await startedSince();
  expect(n).toBeLessThanOrEqual(Math.ceil(seconds * 10) + 11);
  await updateBatch(context, batchId, { options: { ratePerMinute: null } });
  expect(await batchEnded(context, batchId)).toMatchObject({ completed: 2000 });
});

test('a budget of failures pauses the batch, and another one lets it run to its end', async () => {
  const batchId = await launch(300, { outcome: 'fail' }, { concurrency: 4, maxAttempts: 1, budget: { failed: 20 } });
  await until('its budget has paused it', async () => (await getBatch(context, batchId)).pausedWhy === 'budget-failed');
  await until('what ran has ended', async () => (await getBatch(context, batchId)).active === 0);
  const { failed } = await getBatch(context, batchId);
  expect(failed).toBeGreaterThanOrEqual(20);
  expect(failed).toBeLessThan(100);
  await resumeBatch(context, batchId, { budget: null });
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'failed', failed: 300, pausedWhy: null });
});

test('a budget of tokens pauses the batch, and with another one it runs to its end', async () => {
  const batchId = await launch(
    200,
    { tokens: 10, usd: 0.01, outcome: 'fail-once' },
    { concurrency: 4, maxAttempts: 2, backoff: { type: 'fixed', delay: 0 }, budget: { cost: { tokens: 400 } } },
  );
  await until('its budget has paused it', async () => (await getBatch(context, batchId)).pausedWhy === 'budget-tokens');
  await until('what ran has ended', async () => (await getBatch(context, batchId)).active === 0);
  const { tokens = 0 } = (await getBatch(context, batchId)).costs;
  expect(tokens).toBeGreaterThanOrEqual(400);
  expect(tokens).toBeLessThan(2000);
  await resumeBatch(context, batchId, { budget: null });
  // Both attempts of each item were paid.
  expect(await batchEnded(context, batchId)).toMatchObject({
    completed: 200,
    pausedWhy: null,
    costs: { tokens: 4000, usd: 4 },
  });
});
