import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { recordAndTake, recordOutcomes, type TakenRow } from '@/lib/domain/job/record-outcomes';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { begin, completed, counters, idsOf, request, rowsOf, succeed } from '@/lib/testing/prefetched-batch';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { returnPrefetched } from './prefetched';

vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: () => ({ addBulk: async () => undefined }),
}));

let context: Context;
beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a prefetched row that does not start', () => {
  test('waits again at the end of the order, without a counted attempt', async () => {
    const { batchId, held, ahead } = await begin(context, 6, { concurrency: 2 });
    const returned = await returnPrefetched(1, batchId, idsOf(ahead));
    expect(returned.sort()).toEqual(ahead.map((row) => row.id).sort());
    expect(await counters(batchId)).toEqual({ prefetched: 2, ended: 2, cursor: 4, last_seq: 8 });
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 2, waiting: 4 });
    let rows: { id: string; attempt: number }[] = held;
    const order: string[] = [];
    while (rows.length > 0) {
      const { taken } = await recordAndTake({
        consumerId: 1,
        outcomes: rows.map((row) => completed(batchId, row)),
        requests: [request(batchId, 0, 2)],
      });
      rows = taken;
      order.push(...taken.map((row) => row.id));
    }
    expect(order).toHaveLength(4);
    expect(order.slice(2).sort()).toEqual(returned.sort());
    expect(await jobRows(batchId)).toEqual({ completed: 6 });
    const { rows: made } = await pool().query(
      'select distinct attempts_made as made, crashes from job where batch_id = $1',
      [batchId],
    );
    expect(made).toEqual([{ made: 1, crashes: 0 }]);
    await expectConsistent();
  });

  test('is not returned twice, nor if it has started', async () => {
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 2 });
    await succeed(batchId, held.slice(0, 1), ahead.slice(0, 1));
    expect(await returnPrefetched(1, batchId, idsOf(ahead))).toEqual([ahead[1]?.id]);
    expect(await returnPrefetched(1, batchId, idsOf(ahead))).toEqual([]);
    expect(await counters(batchId)).toMatchObject({ prefetched: 2, ended: 2, last_seq: 10 + 1 });
    await expectConsistent();
  });

  test('may not start any more once it was returned', async () => {
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 1 });
    await returnPrefetched(1, batchId, idsOf(ahead));
    expect((await succeed(batchId, held, ahead)).refused).toEqual(idsOf(ahead));
    expect((await rowsOf(batchId)).find((row) => row.id === ahead[0]?.id)).toMatchObject({
      status: 'pending',
      consumer: null,
      attempt: 0,
    });
    await expectConsistent();
  });

  test.each(['crashed', 'stopped'] as const)('waits again when its consumer has %s', async (ending) => {
    const { batchId, ahead, held } = await begin(context, 9, { concurrency: 2 });
    const { requeued } = await releaseConsumer(1, ending, 'SIGKILL');
    expect(requeued.map((row) => row.id).sort()).toEqual(held.map((row) => row.id).sort());
    const rows = (await rowsOf(batchId)).filter((row) => ahead.some(({ id }) => id === row.id));
    expect(rows.map(({ status, consumer, seq }) => ({ status, consumer, later: (seq ?? 0) > 9 }))).toEqual(
      ahead.map(() => ({ status: 'pending', consumer: null, later: true })),
    );
    const { rows: crashes } = await pool().query('select crashes from job where id = any($1::uuid[])', [
      ahead.map((row) => row.id),
    ]);
    expect(crashes).toEqual(ahead.map(() => ({ crashes: 0 })));
    await expectConsistent();
  });

  test('is closed when it is returned after its batch was cancelled', async () => {
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 2 });
    await pool().query(`update batch set cancel_mode = 'graceful', sealed = true where id = $1`, [batchId]);
    await returnPrefetched(1, batchId, idsOf(ahead));
    await recordOutcomes(held.map((row) => completed(batchId, row)));
    await cancelBatch(context, batchId).catch(() => undefined);
    expect(await jobRows(batchId)).toEqual({ completed: 2, cancelled: 7 });
    await expectConsistent();
  });
});

/** Returns whether the call waits until its consumer returned what it prefetched. */
async function waitsFor(call: () => Promise<unknown>, settle: () => Promise<unknown>): Promise<void> {
  // The call does not wait forever, as a consumer may be frozen. Here no time passes.
  vi.useFakeTimers({ toFake: ['performance'] });
  const order: string[] = [];
  const done = call().then(() => order.push('acknowledged'));
  await vi.waitUntil(
    async () => (await pool().query('select 1 from batch where paused or cancel_mode is not null')).rowCount,
  );
  order.push('settles');
  await settle();
  await done;
  expect(order).toEqual(['settles', 'acknowledged']);
}

describe('is acknowledged when nothing prefetched can start any more:', () => {
  test('a pause', async () => {
    const { batchId, ahead } = await begin(context, 9, { concurrency: 2 });
    await waitsFor(
      () => pauseBatch(context, batchId),
      () => returnPrefetched(1, batchId, idsOf(ahead)),
    );
    await resumeBatch(context, batchId);
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 2, waiting: 7 });
  });

  test('a cancel of a batch, which closes what was returned', async () => {
    const { batchId, ahead } = await begin(context, 9, { concurrency: 2 });
    await waitsFor(
      () => cancelBatch(context, batchId),
      () => returnPrefetched(1, batchId, idsOf(ahead)),
    );
    expect(await jobRows(batchId)).toEqual({ active: 2, cancelled: 7 });
  });

  test('a pause, even if the consumer of the rows is frozen', async () => {
    const { batchId } = await begin(context, 9, { concurrency: 2 });
    expect(await pauseBatch(context, batchId)).toMatchObject({ paused: true });
    expect(await counters(batchId)).toMatchObject({ prefetched: 2, ended: 0 });
  });

  test('a cancel of one row, which then never starts', async () => {
    const { batchId, ahead, held } = await begin(context, 9, { concurrency: 1 });
    const [row] = ahead as [TakenRow];
    expect(await cancelJob(context, row.id)).toMatchObject({ status: 'cancelled' });
    await succeed(batchId, held, ahead);
    expect(await jobRows(batchId)).toEqual({ completed: 1, cancelled: 1, pending: 7 });
    await expectConsistent();
  });
});
