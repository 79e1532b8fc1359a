import { beforeEach, describe, expect, test } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { repairBatch } from '@/lib/domain/doctor/repair-batch';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { retryJob } from '@/lib/domain/job/retry-job';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { launchItems } from '@/lib/testing/run-batch';
import { addItems } from './add-items';
import { cancelBatch } from './cancel-batch';
import { getBatch } from './get-batch';
import { launchBatch } from './launch-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { queueBatch } from './queue-batch';
import { startBatch } from './start-batch';
import { startQueued } from './start-queued';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const wait = async (): Promise<string> => {
  const { result } = await launchBatch(context, {
    fields: { name: 'waits', type: 'diagnostic', start: 'manual' },
    items: asItems([{}, {}]),
  });
  return result.batchId;
};

test('a batch that waits for a manual start starts automatically once it is queued', async () => {
  const batchId = await wait();
  expect(await startQueued()).toEqual([]);
  const { outcome, batch } = await queueBatch(context, batchId);
  expect(outcome).toBe('queued');
  expect(batch).toMatchObject({ status: 'pending' });
  const again = await queueBatch(context, batchId);
  expect(again.batch.queuedAt).toBe(batch.queuedAt);
  expect(await startQueued()).toEqual([batchId]);
});

test('a retried item does not change whether its batch waits for a person or for a slot', async () => {
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

test('a running batch is reported as running, and one that has ended or does not exist is refused', async () => {
  const batchId = await wait();
  await startBatch(context, batchId);
  expect((await queueBatch(context, batchId)).outcome).toBe('already-running');
  const ended = await wait();
  await cancelBatch(context, ended, {});
  await expect(queueBatch(context, ended)).rejects.toMatchObject({ code: 'nothing-to-process' });
  await expect(queueBatch(context, newId())).rejects.toMatchObject({ code: 'not-found' });
  await expect(queueBatch(await createContext(), batchId)).rejects.toMatchObject({ code: 'not-found' });
});

test('a hundred starts at once start it once, and each other one reports that it runs', async () => {
  const batchId = await wait();
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, async () => (await startBatch(context, batchId)).outcome),
  );
  expect(outcomes.filter((outcome) => outcome === 'started')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'already-running')).toHaveLength(99);
});

describe('a slot', () => {
  const run = async (count = 1, fields: Parameters<typeof launchItems>[2] = {}) =>
    (await launchItems(context, count, fields)).result.batchId;
  const idsOf = async (batchId: string) =>
    (
      await pool().query<{ id: string }>(
        'select id from job where batch_id = $1 and outcome is null order by item_index',
        [batchId],
      )
    ).rows.map((r) => r.id);
  const slots = async () => (await getCapacity(context)).runningBatches;
  /** Simulates a consumer: enqueues, claims and ends a child with this outcome. */
  const end = async (batchId: string, kind: 'completed' | 'retry' | 'defer', delayMs = 0) => {
    await pool().query('update batch_dispatch set cursor = last_seq, reach = last_seq where batch_id = $1', [batchId]);
    const ids = await idsOf(batchId);
    const claims = await claimJobs(
      { consumerId: 1, quarantine: false },
      ids.map((id) => ({ id, redelivered: false })),
    );
    await recordOutcomes(
      claims.map(({ id, attempt }) => ({
        id,
        batchId,
        attempt,
        kind,
        delayMs,
        result: 1,
        error: { message: 'on purpose' },
      })),
    );
    return claims.length;
  };
  const pass = (batchId: string, seconds: number) =>
    pool().query(
      `with b as (update batch set wakes_at = wakes_at - make_interval(secs => $2), not_before = not_before - make_interval(secs => $2),
         started_at = started_at - make_interval(secs => $2), rate_at = rate_at - make_interval(secs => $2),
         seals_at = seals_at - make_interval(secs => $2) where id = $1),
       d as (update batch_dispatch set next_due = next_due - make_interval(secs => $2) where batch_id = $1)
       update job set run_at = run_at - make_interval(secs => $2) where batch_id = $1`,
      [batchId, seconds],
    );

  test('is released by a paused batch, and a resumed batch without a free slot is queued and reports it', async () => {
    const [noisy, other] = [await run(), await run()];
    await expect(run()).rejects.toMatchObject({ code: 'capacity-reached' });
    await pool().query('update batch set rate_per_second = 40, completed = 1, total = total + 1 where id = $1', [
      noisy,
    ]);
    const paused = await pauseBatch(context, noisy);
    expect(paused).toMatchObject({ status: 'in-progress', paused: true, holdsSlot: false, ratePerSecond: null });
    expect(await slots()).toEqual([other]);
    const urgent = await run();
    const resumed = await resumeBatch(context, noisy);
    expect(resumed).toMatchObject({ status: 'in-progress', paused: false, holdsSlot: false });
    expect(resumed.queuedAt).not.toBeNull();
    expect(await startQueued()).toEqual([]);
    expect(await end(noisy, 'completed')).toBe(0);
    await end(urgent, 'completed');
    expect(await startQueued()).toEqual([noisy]);
    expect(await getBatch(context, noisy)).toMatchObject({ holdsSlot: true, queuedAt: null });
    expect(await end(noisy, 'completed')).toBe(1);
  });

  test('is taken at once by a resumed batch while one is free', async () => {
    const batchId = await run();
    await pauseBatch(context, batchId);
    expect(await resumeBatch(context, batchId)).toMatchObject({ holdsSlot: true, queuedAt: null });
  });

  test.each([
    ['backoff', 'retry'],
    ['Retry-After', 'defer'],
  ] as const)('is released while all open items wait for their %s, and requested when that is due', async (_, kind) => {
    const batchId = await run(2, { options: { maxAttempts: 5 } });
    await end(batchId, kind, 86_400_000);
    expect(await slots()).toEqual([batchId]);
    await startQueued();
    expect(await slots()).toEqual([]);
    const resting = await getBatch(context, batchId);
    expect(resting).toMatchObject({ status: 'in-progress', holdsSlot: false, queuedAt: null, paused: false });
    expect(Date.parse(resting.wakesAt ?? '') - Date.now()).toBeGreaterThan(86_000_000);
    const others = [await run(), await run()];
    await pass(batchId, 86_400);
    expect(await startQueued()).toEqual([]);
    expect(await getBatch(context, batchId)).toMatchObject({ queuedAt: expect.any(String), wakesAt: null });
    expect(await end(batchId, 'completed')).toBe(0);
    await end(others[0] ?? '', 'completed');
    expect(await startQueued()).toEqual([batchId]);
    expect(await end(batchId, 'completed')).toBe(2);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'completed', holdsSlot: false });
  });

  test('is held while an item is due soon, runs, or is queued', async () => {
    const soon = await run(1, { options: { maxAttempts: 5 } });
    await end(soon, 'retry', 2000);
    const waits = await run(3);
    await pass(soon, 1);
    await pass(waits, 3600);
    await startQueued();
    expect((await slots()).sort()).toEqual([soon, waits].sort());
    await pool().query(`update batch_dispatch set cursor = last_seq, reach = last_seq where batch_id = $1`, [waits]);
    await claimJobs(
      { consumerId: 1, quarantine: false },
      (await idsOf(waits)).map((id) => ({ id, redelivered: false })),
    );
    await startQueued();
    expect(await slots()).toHaveLength(2);
  });

  test('is released when rows that wait for their next attempt fill the window', async () => {
    const batchId = await run(3, { options: { maxAttempts: 5, concurrency: 1 } });
    await pool().query('update batch_dispatch set cursor = 1, reach = 0 where batch_id = $1', [batchId]);
    const [first = ''] = await idsOf(batchId);
    const [claim] = await claimJobs({ consumerId: 1, quarantine: false }, [{ id: first, redelivered: false }]);
    await recordOutcomes([
      {
        id: first,
        batchId,
        attempt: claim?.attempt ?? 0,
        kind: 'retry',
        delayMs: 86_400_000,
        error: { message: 'no' },
      },
    ]);
    await startQueued();
    expect(await slots()).toEqual([batchId]);
    await pool().query(`update batch set rate_at = now() - interval '10 seconds' where id = $1`, [batchId]);
    await startQueued();
    expect(await slots()).toEqual([]);
    // The batch is checked again soon, however long the child waits.
    expect(Date.parse((await getBatch(context, batchId)).wakesAt ?? '') - Date.now()).toBeLessThan(61_000);
  });

  test('is not taken before delaySeconds are over', async () => {
    const batchId = await run(2, { options: { delaySeconds: 600 } });
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'in-progress', holdsSlot: false });
    await startQueued();
    expect(await slots()).toEqual([]);
    await pass(batchId, 600);
    expect(await startQueued()).toEqual([batchId]);
    expect(await end(batchId, 'completed')).toBe(2);
  });

  test.each([
    { delaySeconds: 0.5, holdsSlot: true },
    { delaySeconds: 12.5, holdsSlot: false },
  ])('is held only during a short delay: $delaySeconds s', async ({ delaySeconds, holdsSlot }) => {
    const batchId = await run(2, { options: { delaySeconds } });
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'in-progress', holdsSlot });
  });

  test('is released by a batch that waits for further items, and requested by the next one', async () => {
    const batchId = await run(1, { sealed: false });
    await end(batchId, 'completed');
    await startQueued();
    expect(await slots()).toEqual([batchId]);
    await pass(batchId, 60);
    await startQueued();
    expect(await slots()).toEqual([]);
    const others = [await run(), await run()];
    await addItems(context, batchId, { items: asItems([{}]) });
    expect(await getBatch(context, batchId)).toMatchObject({ holdsSlot: false, queuedAt: expect.any(String) });
    await startQueued();
    expect(await end(batchId, 'completed')).toBe(0);
    await end(others[0] ?? '', 'completed');
    expect(await startQueued()).toEqual([batchId]);
  });

  test('goes to the highest priority, then to the longest waiting batch, whether it is new or continues', async () => {
    const [first, second] = [await run(), await run()];
    await pauseBatch(context, first);
    const third = await run();
    const early = await run(1, { start: 'queue' });
    await resumeBatch(context, first);
    const high = await run(1, { start: 'queue', options: { priority: 5 } });
    const order: string[] = [];
    for (const ending of [second, third, high, early]) {
      await end(ending, 'completed');
      order.push(...(await startQueued()));
      expect((await slots()).length).toBeLessThanOrEqual(2);
    }
    expect(order).toEqual([high, early, first]);
  });

  test('is never granted beyond the maximum, however many batches ask at once', async () => {
    const batches = await Promise.all(Array.from({ length: 6 }, () => run(1, { start: 'queue' })));
    await Promise.all(batches.map((id) => pauseBatch(context, id)));
    await Promise.all(batches.flatMap((id) => [resumeBatch(context, id), startQueued()]));
    expect(await slots()).toHaveLength(2);
  });

  test('is requested by a batch that the doctor reopens', async () => {
    const batchId = await run(2);
    await pool().query(`update batch set status = 'completed', finished_at = now() where id = $1`, [batchId]);
    await Promise.all([run(), run()]);
    await repairBatch(context, batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'in-progress', holdsSlot: false });
    expect(await startQueued()).toEqual([]);
    expect(await slots()).toHaveLength(2);
  });
});
