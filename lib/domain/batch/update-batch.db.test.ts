import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { claimAll, completed, end } from '@/lib/testing/prefetched-batch';
import { launchItems } from '@/lib/testing/run-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { pauseBatch } from './pause-batch';
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

const entries = async (batchId: string, action = 'batch.update') =>
  (
    await pool().query<{ actor: string; before: unknown; after: unknown }>(
      'select actor, before, after from audit where target_id = $1 and action = $2 order by id',
      [batchId, action],
    )
  ).rows;

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
