import { beforeEach, expect, test } from 'vitest';
import { newId } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { asItems, createContext, emptyYard } from '@/lib/testing';
import { cancelBatch, launchBatch, queueBatch, startBatch } from '.';
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
