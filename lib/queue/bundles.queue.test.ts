import { randomUUID } from 'node:crypto';
import type { JobJson } from 'bullmq';
import { beforeEach, expect, test } from 'vitest';
import { ExactNumber } from '@/lib/contracts/json';
import { until } from '@/lib/testing/until';
import { enqueue } from './enqueue';
import { findMissing, listTaken } from './inspect';
import { ExactJob, queueClasses, queueOf } from './queues';

const NAME = 'diagnostic';

const newRows = (count: number, other: { priority?: number; delivery?: number; delayMs?: number } = {}) =>
  Array.from({ length: count }, () => ({ id: randomUUID(), priority: 0, attempts: 1, delivery: 0, ...other }));

/** Returns the number of rows in each waiting delivery, in queue order. */
async function sizes(): Promise<number[]> {
  const jobs = await queueOf(NAME).getJobs(['prioritized', 'waiting', 'delayed'], 0, 100, true);
  return jobs.map((job) => job.data.jobIds?.length ?? 1);
}

beforeEach(() => queueOf(NAME).obliterate({ force: true }));

test('rows are bundled, as many as requested', async () => {
  await enqueue(NAME, newRows(20), { single: false, together: 8 });
  expect((await sizes()).sort()).toEqual([4, 8, 8]);
});

test('delayed rows, redelivered rows and rows of another priority are delivered alone', async () => {
  const rows = [
    ...newRows(2),
    ...newRows(1, { delivery: 1 }),
    ...newRows(1, { delayMs: 60_000 }),
    ...newRows(3, { priority: 5 }),
  ];
  await enqueue(NAME, rows, { single: false, together: 8 });
  expect((await sizes()).sort()).toEqual([1, 1, 2, 3]);
});

test('jobs for other BullMQ clients carry a number as text if a double would change it', async () => {
  const [row] = newRows(1);
  const payload = { data: { id: 9007199254740993n, n: 1, list: [new ExactNumber('1e400')] }, backoff: null };
  await enqueue('external', [{ ...row, id: row?.id ?? '', priority: 0, attempts: 1, delivery: 0, payload }], {
    single: true,
  });
  const job = await queueOf('external').getJob(row?.id ?? '');
  expect(job?.data).toMatchObject({ id: '9007199254740993', n: 1, list: ['1e400'] });
  await queueOf('external').obliterate({ force: true });

  const queue = queueOf(NAME);
  const stored = { id: '1', name: NAME, data: '{"id":9007199254740993}', returnvalue: '[1e400]', opts: {} };
  const theirs = ExactJob.fromJSON(queue, stored as unknown as JobJson);
  expect([theirs.data, theirs.returnvalue]).toEqual([{ id: 9007199254740993n }, [new ExactNumber('1e400')]]);
});

test('rows that are enqueued again are in the queue once', async () => {
  const rows = newRows(16);
  await enqueue(NAME, rows, { single: false, together: 8 });
  await enqueue(NAME, rows, { single: false, together: 8 });
  expect(await sizes()).toEqual([8, 8]);
});

test('a row in a waiting or running bundle is not missing, and a row whose delivery is gone is', async () => {
  const rows = newRows(16);
  await enqueue(NAME, rows, { single: false, together: 8 });
  expect(await findMissing(NAME, rows)).toEqual([]);

  const { Worker } = queueClasses();
  const never = new Worker(NAME, () => new Promise(() => undefined), { concurrency: 1 });
  never.on('error', () => undefined);
  const taken = await until('one delivery is taken', async () => {
    const ids = await listTaken(NAME);
    return ids.length > 0 && ids;
  });
  expect(taken).toHaveLength(8);
  expect(await findMissing(NAME, rows)).toEqual([]);
  await never.close(true);

  const strangers = newRows(3);
  expect((await findMissing(NAME, [...rows, ...strangers])).sort()).toEqual(strangers.map((row) => row.id).sort());
  await queueOf(NAME).obliterate({ force: true });
  expect(await findMissing(NAME, rows)).toHaveLength(16);
});
