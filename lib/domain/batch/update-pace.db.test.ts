import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { recordAndTake, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { redeliverLost } from '@/lib/domain/worker/sweep';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { claimAll, completed, end, request } from '@/lib/testing/prefetched-batch';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { updateBatch } from './update-batch';

vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: () => ({ addBulk: async () => undefined, getJob: async () => undefined }),
}));

let context: Context;
beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

describe('a lower concurrency', () => {
  test('starts no enqueued row beyond it, whatever the queue still delivers', async () => {
    const { batchId, held } = await launchClaimed(context, 20, { concurrency: 8 }, 3);
    const batch = await updateBatch(context, batchId, { options: { concurrency: 4 } });
    expect(batch.options).toEqual({ concurrency: 4 });
    // Five were enqueued and not claimed: their deliveries claim nothing now.
    expect(await claimAll(batchId)).toEqual([]);
    expect(await jobRows(batchId)).toEqual({ active: 3, pending: 17 });
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 1, inFlight: 4, window: 4, waiting: 16 });
    const claims = await claimAll(batchId);
    expect(claims).toHaveLength(1);
    await end(batchId, [...held, ...claims]);
    await runBatch(batchId);
    expect(await jobRows(batchId)).toEqual({ completed: 20 });
    await expectConsistent();
  });

  test('starts nothing while more runs, neither by a delivery nor in a chain', async () => {
    const { batchId, held } = await launchClaimed(context, 12, { concurrency: 6 });
    await updateBatch(context, batchId, { options: { concurrency: 2 } });
    const first = await recordAndTake({
      consumerId: 1,
      outcomes: held.slice(0, 3).map((row) => completed(batchId, row)),
      requests: [request(batchId, 3, 3)],
    });
    expect(first.taken).toEqual([]);
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 0, inFlight: 3 });
    const second = await recordAndTake({
      consumerId: 1,
      outcomes: held.slice(3, 5).map((row) => completed(batchId, row)),
      requests: [request(batchId, 0, 2)],
    });
    expect(second.taken).toHaveLength(1);
    expect(await jobRows(batchId)).toEqual({ completed: 5, active: 2, pending: 5 });
    await expectConsistent();
  });

  test('also holds for rows that wait for their backoff', async () => {
    const { batchId, held } = await launchClaimed(context, 4, { concurrency: 4, maxAttempts: 3 });
    await recordOutcomes(
      held.map(({ id, attempt }) => ({
        id,
        batchId,
        attempt,
        kind: 'retry',
        delayMs: 60_000,
        error: { message: 'x' },
      })),
    );
    await updateBatch(context, batchId, { options: { concurrency: 1 } });
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 0, inFlight: 0 });
    await pool().query(`update job set run_at = now() - interval '1 second' where batch_id = $1`, [batchId]);
    await pool().query(`update batch_dispatch set next_due = now() - interval '1 second' where batch_id = $1`, [
      batchId,
    ]);
    // The queue delivers all of them when they are due.
    expect(await claimAll(batchId)).toEqual([]);
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 1, inFlight: 1, waiting: 3 });
    const claims = await claimAll(batchId);
    expect(claims.map((claim) => claim.attempts_made)).toEqual([1]);
    await end(batchId, claims);
    await runBatch(batchId);
    expect(await jobRows(batchId)).toEqual({ completed: 4 });
    await expectConsistent();
  });

  test('can be raised again, also without a limit, and a pause in between loses nothing', async () => {
    const { batchId, held } = await launchClaimed(context, 30, { concurrency: 10 }, 2);
    await updateBatch(context, batchId, { options: { concurrency: 3 } });
    await pauseBatch(context, batchId);
    await resumeBatch(context, batchId);
    await updateBatch(context, batchId, { options: { concurrency: null } });
    expect((await getBatch(context, batchId)).options).toEqual({});
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ inFlight: 30, waiting: 0 });
    await end(batchId, held);
    await runBatch(batchId);
    expect(await jobRows(batchId)).toEqual({ completed: 30 });
    await expectConsistent();
  });

  test('leaves suspects, which run alone, and is no reason to deliver again', async () => {
    const { batchId, ids } = await launchClaimed(context, 6, { concurrency: 3 }, 1);
    await pool().query('update job set quarantined = true where id = $1', [ids[1]]);
    await updateBatch(context, batchId, { options: { concurrency: 2 } });
    expect(
      await claimJobs({ consumerId: 3, quarantine: true }, [{ id: ids[1] ?? '', redelivered: false }]),
    ).toHaveLength(1);
    await pool().query(`update batch set rate_at = now() - interval '1 minute' where id = $1`, [batchId]);
    expect(await redeliverLost()).toBe(0);
  });

  test('keeps its rows when the batch is cancelled after it', async () => {
    const { batchId, held } = await launchClaimed(context, 9, { concurrency: 6 }, 1);
    await updateBatch(context, batchId, { options: { concurrency: 1 } });
    await cancelBatch(context, batchId);
    await end(batchId, held);
    expect(await jobRows(batchId)).toEqual({ completed: 1, cancelled: 8 });
    await expectConsistent();
  });
});

describe('a changed rate', () => {
  const nextStart = async (batchId: string) =>
    (
      await pool().query<{ ms: number | null }>(
        'select extract(epoch from next_slot - now())::float8 * 1000 as ms from batch_dispatch where batch_id = $1',
        [batchId],
      )
    ).rows[0]?.ms ?? null;

  test('spaces the next start by the new rate, and starts nothing that was enqueued before', async () => {
    const { batchId } = await launchClaimed(context, 20, { concurrency: 10 }, 1);
    await updateBatch(context, batchId, { options: { ratePerMinute: 1 } });
    expect(await claimAll(batchId)).toEqual([]);
    const answer = await dispatchBatch(batchId, 100);
    expect(answer?.count).toBe(0);
    expect(answer?.dueInMs).toBeGreaterThan(30_000);
    await updateBatch(context, batchId, { options: { ratePerMinute: 0 } });
    expect(await nextStart(batchId)).toBeNull();
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ inFlight: 10 });
  });

  test('need not wait for the time that a slower one left', async () => {
    const { result } = await launchItems(context, 5, { options: { ratePerMinute: 0.01 } });
    expect(await dispatchBatch(result.batchId, 100)).toMatchObject({ count: 1 });
    await updateBatch(context, result.batchId, { options: { ratePerMinute: 60_000 } });
    expect(await nextStart(result.batchId)).toBeLessThan(1000);
  });
});
