import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import type { Context } from '@/lib/domain/context';
import { queueOf } from '@/lib/queue/queues';
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

async function launch(items: unknown[], options: BatchOptions): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: 'chains', type: 'diagnostic', options, start: 'queue' },
    items: asItems(items),
  });
  return result.batchId;
}

const finished = (batchId: string) => batchEnded(context, batchId);

const repeat = (count: number, item: unknown): unknown[] => Array.from({ length: count }, () => item);

/** Rows that ran without a message of their own: their delivery was never enqueued again, nor was there a first one. */
const seenInQueue = async (ids: string[]): Promise<number> => {
  const jobs = await Promise.all(ids.map((id) => queueOf('diagnostic').getJobState(id)));
  return jobs.filter((state) => state !== 'unknown').length;
};

const idsOf = async (batchId: string): Promise<string[]> => {
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
    batchId,
  ]);
  return rows.map(({ id }) => id);
};

test('two consumers together fill the concurrency of a batch and never exceed it', async () => {
  const batchId = await launch(repeat(300, { durationMs: 20 }), { concurrency: 6 });
  expect(await finished(batchId)).toMatchObject({ completed: 300 });
  expect(await mostAtOnce(batchId)).toBe(6);
});

test('a chain respects a concurrency that is lowered while the batch runs', async () => {
  const batchId = await launch(repeat(150, { durationMs: 30 }), { concurrency: 8 });
  await until('it runs', async () => ((await jobRows(batchId)).completed ?? 0) > 20);
  await pool().query(`update batch set options = '{"concurrency":2}' where id = $1`, [batchId]);
  await until('only two run', async () => ((await jobRows(batchId)).active ?? 0) <= 2);
  const { rows } = await pool().query<{ now: Date }>('select now()');
  expect(await finished(batchId)).toMatchObject({ completed: 150 });
  expect(await mostAtOnce(batchId, rows[0]?.now)).toBeLessThanOrEqual(2);
});

test('the next rows of a batch start without a message when earlier rows end', async () => {
  const batchId = await launch(repeat(40, { durationMs: 150 }), { concurrency: 1 });
  const ids = await idsOf(batchId);
  await until('some have run', async () => ((await jobRows(batchId)).completed ?? 0) > 8);
  // One delivery is held by the consumer that runs the chain.
  expect(await seenInQueue(ids)).toBeLessThanOrEqual(2);
  await cancelBatch(context, batchId);
  await finished(batchId);
});

test('no row starts after a pause was acknowledged, and all rows run after a resume', async () => {
  const batchId = await launch(repeat(120, { durationMs: 20 }), { concurrency: 4 });
  await until('it runs', async () => ((await jobRows(batchId)).completed ?? 0) > 10);
  await pauseBatch(context, batchId);
  const { rows } = await pool().query<{ now: Date }>('select clock_timestamp() as now');
  await until('what ran has ended', async () => ((await jobRows(batchId)).active ?? 0) === 0);
  const later = await pool().query('select 1 from job where batch_id = $1 and started_at > $2', [
    batchId,
    rows[0]?.now,
  ]);
  expect(later.rowCount).toBe(0);
  await resumeBatch(context, batchId);
  expect(await finished(batchId)).toMatchObject({ status: 'completed', completed: 120 });
  expect(await mostAtOnce(batchId)).toBeLessThanOrEqual(4);
});

test('a row that must be retried leaves its chain and runs again', async () => {
  const outcomes = ['complete', 'fail-once', 'complete', 'fail'];
  const batchId = await launch(
    Array.from({ length: 80 }, (_, i) => ({ outcome: outcomes[i % 4] })),
    { concurrency: 3, maxAttempts: 2, backoff: { type: 'fixed', delay: 50 } },
  );
  expect(await finished(batchId)).toMatchObject({ completed: 60, failed: 20 });
  const { rows } = await pool().query<{ made: number; count: number }>(
    'select attempts_made as made, count(*)::int as count from job where batch_id = $1 group by 1 order by 1',
    [batchId],
  );
  expect(rows).toEqual([
    { made: 1, count: 40 },
    { made: 2, count: 40 },
  ]);
});

test('no row is lost when a consumer dies in a chain', async () => {
  const items = [
    ...repeat(20, { durationMs: 20 }),
    { outcome: 'crash', durationMs: 50 },
    ...repeat(60, { durationMs: 20 }),
  ];
  const batchId = await launch(items, { concurrency: 4 });
  expect(await finished(batchId)).toMatchObject({ completed: 80, failed: 1 });
});

test('a small batch makes progress while the chains of another batch fill their concurrency', async () => {
  const [first, second] = [
    await launch(repeat(100, { durationMs: 20 }), { concurrency: 2 }),
    await launch(repeat(20, { durationMs: 20 }), { concurrency: 2 }),
  ];
  const [large, small] = await Promise.all([finished(first), finished(second)]);
  expect(Date.parse(small.finishedAt ?? '')).toBeLessThan(Date.parse(large.finishedAt ?? ''));
  expect(await jobRows(first)).toEqual({ completed: 100 });
  expect(await jobRows(second)).toEqual({ completed: 20 });
});
