import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchDto } from '@/lib/contracts/batch';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;
let huge: string;

async function launch(count: number, durationMs: number, priority: number): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: `priority ${priority}`, type: 'diagnostic', options: { priority }, start: 'queue' },
    items: asItems(Array.from({ length: count }, () => ({ durationMs }))),
  });
  return result.batchId;
}

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers({ MAX_ACTIVE_BATCHES: '4' }, { preload: 'few-slots' });
  // A minute of work for four slots: other jobs that end meanwhile were preferred.
  huge = await launch(5000, 50, 500);
  await until('the huge batch is well under way', async () => (await getBatch(context, huge)).completed > 50);
});

afterAll(async () => {
  await cancelBatch(context, huge, { force: true });
  await until('it has ended', async () => (await getBatch(context, huge)).finishedAt !== null);
  await workers.stop();
  await expectConsistent();
});

const untilBatch = (what: string, id: string, holds: (batch: BatchDto) => boolean) =>
  until(what, async () => holds(await getBatch(context, id)));

/** Checks that many rows of the huge batch are pending, so that other jobs ended before it and not at its end. */
async function expectHugeWaits(): Promise<void> {
  expect((await getBatch(context, huge)).pending).toBeGreaterThan(1000);
}

test('a small batch of a higher priority finishes while a huge one runs', async () => {
  const small = await launch(20, 5, 900);
  await untilBatch('it has finished', small, (b) => b.status === 'completed');
  await expectHugeWaits();
});

test('a small batch of the same priority finishes while a huge one runs', async () => {
  const small = await launch(20, 5, 500);
  await untilBatch('it has finished', small, (b) => b.status === 'completed');
  await expectHugeWaits();
});

test('a single job of the lowest priority does not wait for the whole batch', async () => {
  const { job } = await createJob(context, { type: 'diagnostic', data: {}, priority: 0 });
  await until('it has completed', async () => (await getJob(context, job.id)).status === 'completed');
  await expectHugeWaits();
});

test('a batch of a lower priority makes progress, more slowly', async () => {
  const low = await launch(400, 5, 1);
  await untilBatch('some of it is done', low, (b) => b.completed >= 20);
  await expectHugeWaits();
  expect((await getBatch(context, low)).status).toBe('in-progress');
});
