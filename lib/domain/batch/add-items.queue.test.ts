import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { addItems } from './add-items';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { type LaunchInput, launchBatch } from './launch-batch';
import { listBatchJobs } from './list-batch-jobs';
import { retryBatch } from './retry-batch';
import { sealBatch, sealOverdue } from './seal-batch';
import { startQueued } from './start-queued';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const data = (count: number, from = 0) => asItems(Array.from({ length: count }, (_, i) => ({ payload: from + i })));

async function open(count: number, fields: Partial<LaunchInput['fields']> = {}): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: 'open', type: 'diagnostic', start: 'now', sealed: false, ...fields },
    items: data(count),
  });
  return result.batchId;
}

/** Enqueues and completes the waiting rows once. */
async function work(batchId: string): Promise<number> {
  await dispatchBatch(batchId, 1000);
  const { rows } = await pool().query<{ id: string }>(`select id from job where batch_id = $1 and status = 'pending'`, [
    batchId,
  ]);
  const claims = await claimJobs(
    { consumerId: 1, quarantine: false },
    rows.map((r) => ({ id: r.id, redelivered: false })),
  );
  await recordOutcomes(
    claims.map((c) => ({ id: c.id, batchId, attempt: c.attempt, kind: 'completed' as const, result: 1 })),
  );
  return claims.length;
}

describe('a batch that is not sealed', () => {
  test('does not end while items may come, and ends when it is sealed', async () => {
    const batchId = await open(2);
    await work(batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'in-progress', completed: 2, progress: 99 });
    expect(await addItems(context, batchId, { items: data(3, 2) })).toMatchObject({
      outcome: 'added',
      result: { added: 3, total: 5, sealed: false },
    });
    await work(batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'in-progress', completed: 5, total: 5 });
    expect(await sealBatch(context, batchId)).toMatchObject({ status: 'completed', sealed: true, progress: 100 });
    expect(await sealBatch(context, batchId)).toMatchObject({ status: 'completed', run: 1 });
    const { jobs } = await listBatchJobs(context, batchId, { limit: 10 });
    expect(jobs.map((j) => [j.index, JSON.parse(j.dataPreview ?? '')])).toEqual(
      [0, 1, 2, 3, 4].map((i) => [i, { payload: i }]),
    );
    await expectConsistent();
  });

  test('takes a slot with its first item', async () => {
    const empty = await open(0, { start: 'queue' });
    expect(await getBatch(context, empty)).toMatchObject({ status: 'pending', total: 0, progress: 0 });
    expect(await startQueued()).toEqual([]);
    await addItems(context, empty, { items: data(1), seal: true });
    expect(await startQueued()).toEqual([empty]);
    await work(empty);
    expect(await getBatch(context, empty)).toMatchObject({ status: 'completed', total: 1 });
    await expectConsistent();
  });

  test('is sealed by the last announced item, and more items are refused as a whole', async () => {
    const batchId = await open(1, { announcedItems: 4 });
    await work(batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ announced: 4, progress: 25, sealed: false });
    await expect(addItems(context, batchId, { items: data(4) })).rejects.toMatchObject({ code: 'batch-sealed' });
    expect(await getBatch(context, batchId)).toMatchObject({ total: 1 });
    await addItems(context, batchId, { items: data(3) });
    await expect(addItems(context, batchId, { items: data(1) })).rejects.toMatchObject({ code: 'batch-sealed' });
    await work(batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'completed', total: 4, sealed: true });
    await expectConsistent();
  });

  test('is sealed by its deadline, and reports how many items it received', async () => {
    const short = await open(1, { announcedItems: 3 });
    const never = await open(0, { start: 'queue' });
    await work(short);
    expect(await sealOverdue()).toBe(0);
    await pool().query(`update batch set seals_at = now() - interval '1 second' where not sealed`);
    expect(await sealOverdue()).toBe(2);
    expect(await getBatch(context, short)).toMatchObject({
      status: 'completed',
      stopReason: 'sealed by its deadline, with 1 of 3 announced items',
    });
    expect(await getBatch(context, never)).toMatchObject({ status: 'failed', total: 0 });
  });

  test('ends when it is cancelled, even if none of its items was open', async () => {
    const batchId = await open(2);
    await work(batchId);
    // The batch was still open for items, so it counts as cancelled.
    expect(await cancelBatch(context, batchId)).toMatchObject({ status: 'cancelled', sealed: true });
    const empty = await open(0, { start: 'queue' });
    expect(await cancelBatch(context, empty)).toMatchObject({ status: 'cancelled', sealed: true });
  });
});

describe('adding items', () => {
  test('adds all of them or none', async () => {
    const batchId = await open(1);
    await expect(addItems(context, batchId, { items: asItems([{}, { durationMs: 'long' }]) })).rejects.toMatchObject({
      code: 'invalid-items',
      errors: [{ row: 2, path: 'durationMs' }],
    });
    await expect(addItems(context, batchId, { items: data(0) })).rejects.toMatchObject({ code: 'empty-batch' });
    expect(await jobRows(batchId)).toEqual({ pending: 1 });
  });

  test('with the same idempotency key adds them once, also in a race', async () => {
    const batchId = await open(1);
    const both = await Promise.all(
      [1, 2].map(() => addItems(context, batchId, { items: data(2), idempotencyKey: 'k' })),
    );
    expect(both.map((b) => b.outcome).sort()).toEqual(['added', 'existing']);
    await sealBatch(context, batchId);
    expect(await addItems(context, batchId, { items: data(2), idempotencyKey: 'k' })).toMatchObject({
      outcome: 'existing',
      result: { added: 2, total: 3, sealed: true },
    });
    expect(await getBatch(context, batchId)).toMatchObject({ total: 3 });
  });

  test('to a sealed, a finished or a foreign batch is refused', async () => {
    const sealed = await open(1, { sealed: true });
    await expect(addItems(context, sealed, { items: data(1) })).rejects.toMatchObject({ code: 'batch-sealed' });
    // While a retry reopens the rows of a large batch, it can't end, and nothing can be added.
    await pool().query("update batch set sealed = false, seals_at = now() + interval '1 minute' where id = $1", [
      sealed,
    ]);
    await expect(addItems(context, sealed, { items: data(1) })).rejects.toMatchObject({ code: 'batch-sealed' });
    const stranger = await createContext();
    const batchId = await open(1);
    await expect(addItems(stranger, batchId, { items: data(1) })).rejects.toMatchObject({ code: 'not-found' });
    await expect(sealBatch(stranger, batchId)).rejects.toMatchObject({ code: 'not-found' });
    expect(await getBatch(context, batchId)).toMatchObject({ sealed: false, total: 1 });
  });

  test('may race with completion, cancel, retry and seal, and rows and counters agree', async () => {
    for (let round = 0; round < 3; round += 1) {
      await truncateAll();
      const batchId = await open(10);
      const outcomes = await Promise.allSettled([
        work(batchId),
        ...Array.from({ length: 5 }, (_, i) => addItems(context, batchId, { items: data(20, i * 20) })),
        work(batchId),
        round === 1 ? cancelBatch(context, batchId) : sealBatch(context, batchId),
        retryBatch(context, batchId, { only: 'all' }),
        addItems(context, batchId, { items: data(7), seal: true }),
      ]);
      for (const o of outcomes)
        if (o.status === 'rejected')
          expect(o.reason).toMatchObject({ code: expect.stringMatching(/batch-sealed|not-retryable/) });
      await expectConsistent();
      await sealBatch(context, batchId);
      for (let i = 0; i < 20 && (await getBatch(context, batchId)).finishedAt === null; i += 1) {
        await startQueued();
        await work(batchId);
      }
      const batch = await getBatch(context, batchId);
      expect(batch.finishedAt).not.toBeNull();
      expect(batch.completed + batch.failed + batch.cancelled).toBe(batch.total);
      const { rows } = await pool().query<{ places: number }>(
        'select count(distinct item_index)::int as places from job where batch_id = $1',
        [batchId],
      );
      expect(rows[0]?.places).toBe(batch.total);
      await expectConsistent();
    }
  });
});
