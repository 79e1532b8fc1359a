import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { recordAndTake, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { redeliverLost } from '@/lib/domain/worker/sweep';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { completed, request, rowsOf } from '@/lib/testing/prefetched-batch';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { restateAll } from './restate-rows';
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

const claimAll = async (batchId: string) =>
  claimJobs(
    { consumerId: 2, quarantine: false },
    (await rowsOf(batchId)).map(({ id }) => ({ id, redelivered: false })),
  );

const end = (batchId: string, rows: { id: string; attempt: number }[]) =>
  recordOutcomes(rows.map((row) => completed(batchId, row)));

const entries = async (batchId: string, action = 'batch.update') =>
  (
    await pool().query<{ actor: string; before: unknown; after: unknown }>(
      'select actor, before, after from audit where target_id = $1 and action = $2 order by id',
      [batchId, action],
    )
  ).rows;

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

describe('changed attempts and priority', () => {
  const valuesOf = async (batchId: string) =>
    (
      await pool().query<{ priority: number; attempts: number }>(
        'select priority, max_attempts as attempts from job where batch_id = $1 order by item_index',
        [batchId],
      )
    ).rows;

  test('reach every row that may still run, and none that has values of its own', async () => {
    const { batchId, held } = await launchClaimed(context, 6, { maxAttempts: 2, priority: 5, concurrency: 2 });
    const [first, second] = held;
    await end(batchId, first ? [first] : []);
    await recordOutcomes([
      { id: second?.id ?? '', batchId, attempt: 1, kind: 'retry', delayMs: 60_000, error: { message: 'x' } },
    ]);
    await pool().query('update job set max_attempts = 7 where batch_id = $1 and item_index = 5', [batchId]);
    const batch = await updateBatch(context, batchId, { options: { maxAttempts: 4, priority: 50 } });
    expect(batch).toMatchObject({ priority: 50, options: { maxAttempts: 4, priority: 50 } });
    const [done, ...open] = await valuesOf(batchId);
    expect(done).toEqual({ priority: 5, attempts: 2 });
    expect(open.map((row) => row.attempts)).toEqual([4, 4, 4, 4, 7]);
    expect(new Set(open.map((row) => row.priority))).toEqual(new Set([50]));
    await expectConsistent();
  });

  test('reach all rows of a batch that is larger than one call, also if they change again meanwhile', async () => {
    const { result } = await launchItems(context, 24_500, { start: 'manual', options: { maxAttempts: 2 } });
    const { batchId } = result;
    await updateBatch(context, batchId, { options: { maxAttempts: 3 } });
    expect(new Set((await valuesOf(batchId)).map((row) => row.attempts))).toEqual(new Set([3, 2]));
    await updateBatch(context, batchId, { options: { maxAttempts: 9 } });
    await restateAll(10_000);
    expect(new Set((await valuesOf(batchId)).map((row) => row.attempts))).toEqual(new Set([9]));
    const { rows } = await pool().query('select restating from batch where id = $1', [batchId]);
    expect(rows).toEqual([{ restating: null }]);
  });

  test('do not wait for rows that a consumer has locked: those follow', async () => {
    const { result } = await launchItems(context, 3, { options: { maxAttempts: 2 } });
    const { batchId } = result;
    const other = await pool().connect();
    try {
      await other.query('begin');
      await other.query('update job set name = name where batch_id = $1 and item_index = 1', [batchId]);
      await pool().query(
        `update batch set restating = '{"maxAttempts":{"from":[2],"to":6},"after":-1}' where id = $1`,
        [batchId],
      );
      await restateAll(1);
      expect((await valuesOf(batchId)).map((row) => row.attempts)).toEqual([6, 2, 6]);
    } finally {
      await other.query('rollback');
      other.release();
    }
    await restateAll(100_000);
    expect((await valuesOf(batchId)).map((row) => row.attempts)).toEqual([6, 6, 6]);
  });

  test('hold for the next claim', async () => {
    const { batchId } = await launchClaimed(context, 4, { maxAttempts: 1, concurrency: 2 }, 1);
    await updateBatch(context, batchId, { options: { maxAttempts: 5, priority: 9 } });
    // Enqueued rows are dispatched again, with their new priority.
    expect(await claimAll(batchId)).toEqual([]);
    await dispatchBatch(batchId, 10);
    expect((await claimAll(batchId)).map((claim) => claim.max_attempts)).toEqual([5]);
  });
});

describe('a changed failure limit', () => {
  test('is judged at once', async () => {
    const { batchId, held } = await launchClaimed(context, 10, { concurrency: 2 });
    const [first, second] = held;
    await recordOutcomes([
      { id: first?.id ?? '', batchId, attempt: 1, kind: 'failed', error: { message: 'x' } },
      completed(batchId, second ?? { id: '', attempt: 1 }),
    ]);
    const lenient = await updateBatch(context, batchId, { options: { stopOnFailureRate: 0.6, stopAfter: 2 } });
    expect(lenient).toMatchObject({ cancelMode: null, failed: 1 });
    const strict = await updateBatch(context, batchId, { options: { stopOnFailureRate: 0.5 } });
    expect(strict).toMatchObject({ cancelMode: 'graceful', stopReason: 'stopped: too many items failed' });
    expect(await jobRows(batchId)).toEqual({ failed: 1, completed: 1, cancelled: 8 });
    expect((await entries(batchId, 'batch.cancel'))[0]?.actor).toBe('system');
    await expectConsistent();
  });
});

describe('a change', () => {
  test('has an entry with what was and what is, and none if nothing differs', async () => {
    const { result } = await launchItems(context, 2, { options: { concurrency: 2 }, metadata: { tags: ['a'] } });
    const { batchId } = result;
    await updateBatch(context, batchId, { options: { concurrency: 2 }, name: 'items' });
    expect(await entries(batchId)).toEqual([]);
    await updateBatch(context, batchId, { name: 'renamed', metadata: { tags: ['b'] }, options: { concurrency: 1 } });
    expect(await entries(batchId)).toMatchObject([
      {
        actor: 'Ana',
        before: { name: 'items', metadata: { tags: ['a'] }, options: { concurrency: 2 } },
        after: { name: 'renamed', metadata: { tags: ['b'] }, options: { concurrency: 1 } },
      },
    ]);
    expect(await updateBatch(context, batchId, { metadata: null })).toMatchObject({ metadata: null, name: 'renamed' });
  });

  test('of a batch that has ended is one of its name and metadata', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['completed'] });
    expect(await updateBatch(context, batchId, { name: 'kept', metadata: { a: 1 } })).toMatchObject({ name: 'kept' });
    await expect(updateBatch(context, batchId, { options: { concurrency: 3 } })).rejects.toMatchObject({
      code: 'already-finished',
    });
    expect((await getBatch(context, batchId)).options).toEqual({});
  });

  test('of a batch that waits is kept until it runs', async () => {
    const { result } = await launchItems(context, 8, { start: 'manual', options: { concurrency: 8 } });
    await pauseBatch(context, result.batchId);
    expect(await updateBatch(context, result.batchId, { options: { concurrency: 2 } })).toMatchObject({
      paused: true,
      status: 'pending',
      options: { concurrency: 2 },
    });
  });

  test('is for operators of the organization', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['pending'] });
    await expect(updateBatch(asMember(context, 'viewer'), batchId, { name: 'x' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(updateBatch(await createContext(), batchId, { name: 'x' })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await updateBatch(asMember(context), batchId, { name: 'x' })).toMatchObject({ name: 'x' });
  });
});
