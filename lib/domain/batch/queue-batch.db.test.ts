import { beforeEach, expect, test } from 'vitest';
import { newId, pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { cancelJob, retryJob } from '@/lib/domain/job';
import { asItems, createContext, emptyYard } from '@/lib/testing';
import { cancelBatch, getBatch, launchBatch, queueBatch, startBatch } from '.';
import { startQueued } from './start-queued';

let context: Context;

beforeEach(async () => {
  await emptyYard();
  context = await createContext();
});

const wait = async (): Promise<string> => {
  const { result } = await launchBatch(context, {
    fields: { name: 'waits', type: 'diagnostic', start: 'manual' },
    items: asItems([{}, {}]),
  });
  return result.batchId;
};

test('a batch that was made to wait starts by itself once it is queued', async () => {
  const batchId = await wait();
  expect(await startQueued()).toEqual([]);
  const { outcome, batch } = await queueBatch(context, batchId);
  expect(outcome).toBe('queued');
  expect(batch).toMatchObject({ status: 'pending' });
  const again = await queueBatch(context, batchId);
  expect(again.batch.queuedAt).toBe(batch.queuedAt);
  expect(await startQueued()).toEqual([batchId]);
});

test('a retried item changes nothing of how its batch waits: for a person, or in its place in line', async () => {
  const batchId = await wait();
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 limit 1', [batchId]);
  const jobId = rows[0]?.id ?? '';
  const again = async () => {
    await cancelJob(context, jobId);
    await retryJob(context, jobId);
    return getBatch(context, batchId);
  };
  expect(await again()).toMatchObject({ status: 'pending', queuedAt: null, startedAt: null, pending: 2, cancelled: 0 });
  const { queuedAt } = (await queueBatch(context, batchId)).batch;
  expect(await again()).toMatchObject({ status: 'pending', queuedAt });
  expect(await startQueued()).toEqual([batchId]);
});

test('one that runs says so, one that has ended or is not there is refused', async () => {
  const batchId = await wait();
  await startBatch(context, batchId);
  expect((await queueBatch(context, batchId)).outcome).toBe('already-running');
  const ended = await wait();
  await cancelBatch(context, ended, {});
  await expect(queueBatch(context, ended)).rejects.toMatchObject({ code: 'nothing-to-process' });
  await expect(queueBatch(context, newId())).rejects.toMatchObject({ code: 'not-found' });
  await expect(queueBatch(await createContext(), batchId)).rejects.toMatchObject({ code: 'not-found' });
});
