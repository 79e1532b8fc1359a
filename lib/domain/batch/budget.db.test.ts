import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { type Outcome, recordAndTake, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { pauseAll, resumeAll } from '@/lib/domain/pause/pause-all';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { request } from '@/lib/testing/prefetched-batch';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { getBatch } from './get-batch';
import { pauseBatch, pauseOverdue, pauseSpent, resumeBatch } from './pause-batch';
import { startQueued } from './start-queued';
import { updateBatch } from './update-batch';

vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: () => ({ addBulk: async () => undefined, getJob: async () => undefined }),
}));

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate work_pause');
  context = await createContext();
});

const failedOf = (batchId: string, rows: { id: string; attempt: number }[]): Outcome[] =>
  rows.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'failed', error: { message: 'x' } }));

/** Sets how many seconds are left of the minutes. */
const leave = (batchId: string, seconds: number) =>
  pool().query('update batch set budget_until = now() + make_interval(secs => $2) where id = $1', [batchId, seconds]);

const secondsLeft = async (batchId: string): Promise<number | null> =>
  (
    await pool().query<{ s: number | null }>(
      'select extract(epoch from budget_until - now())::float8 as s from batch where id = $1',
      [batchId],
    )
  ).rows[0]?.s ?? null;

describe('a budget of failures', () => {
  test('is judged by the statement that counts them, which takes no further row', async () => {
    const { batchId, held } = await launchClaimed(context, 10, { concurrency: 3, budget: { failed: 2 } });
    const one = await recordAndTake({
      consumerId: 1,
      outcomes: failedOf(batchId, held.slice(0, 1)),
      requests: [request(batchId, 0, 1)],
    });
    expect(one.batches).toMatchObject([{ spent: false, stop: false }]);
    expect(one.taken).toHaveLength(1);
    const two = await recordAndTake({
      consumerId: 1,
      outcomes: failedOf(batchId, held.slice(1, 2)),
      requests: [request(batchId, 1, 1)],
    });
    expect(two.batches).toMatchObject([{ spent: true }]);
    expect(two.taken).toEqual([]);
    await pauseSpent(context.organizationId, batchId);
    await pauseSpent(context.organizationId, batchId);
    expect(await getBatch(context, batchId)).toMatchObject({
      paused: true,
      pausedWhy: 'budget-failed',
      holdsSlot: false,
    });
    const { rows } = await pool().query(
      `select actor_kind as kind, after from audit where target_id = $1 and action = 'batch.pause'`,
      [batchId],
    );
    expect(rows).toEqual([{ kind: 'system', after: { reason: 'budget-failed', failed: 2, budget: { failed: 2 } } }]);
    await expectConsistent();
  });

  test('is raised or removed by the resume, and without that there is none', async () => {
    const { batchId, held } = await launchClaimed(context, 6, { concurrency: 2, budget: { failed: 2 } });
    await recordOutcomes(failedOf(batchId, held));
    await pauseSpent(context.organizationId, batchId);
    await expect(resumeBatch(context, batchId)).rejects.toMatchObject({ code: 'budget-spent' });
    await expect(resumeBatch(context, batchId, { budget: { failed: 2 } })).rejects.toMatchObject({
      code: 'budget-spent',
    });
    expect(await getBatch(context, batchId)).toMatchObject({ paused: true, options: { budget: { failed: 2 } } });
    const resumed = await resumeBatch(context, batchId, { budget: { failed: 4 } });
    expect(resumed).toMatchObject({ paused: false, pausedWhy: null, options: { budget: { failed: 4 } } });
    await startQueued();
    await runBatch(batchId, () => 'failed');
    expect(await jobRows(batchId)).toMatchObject({ failed: 6 });
    const { rows } = await pool().query(
      `select before, after from audit where target_id = $1 and action = 'batch.resume'`,
      [batchId],
    );
    expect(rows).toEqual([{ before: { budget: { failed: 2 } }, after: { budget: { failed: 4 } } }]);
  });

  test('can be set and removed while it runs, and is judged at once', async () => {
    const { batchId, held } = await launchClaimed(context, 6, { concurrency: 2 });
    await recordOutcomes(failedOf(batchId, held));
    expect(await updateBatch(context, batchId, { options: { budget: { failed: 2 } } })).toMatchObject({
      paused: true,
      pausedWhy: 'budget-failed',
    });
    expect(await updateBatch(context, batchId, { options: { budget: null } })).toMatchObject({
      paused: true,
      options: {},
    });
    expect((await resumeBatch(context, batchId)).options).toEqual({ concurrency: 2 });
  });

  test('does not pause what ends with it', async () => {
    const { batchId, held } = await launchClaimed(context, 2, { concurrency: 2, budget: { failed: 2 } });
    const { batches } = await recordOutcomes(failedOf(batchId, held));
    expect(batches).toMatchObject([{ finished: true, spent: false }]);
    await pauseSpent(context.organizationId, batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'failed', paused: false, pausedWhy: null });
  });
});

describe('a budget of costs', () => {
  const costing = (batchId: string, rows: { id: string; attempt: number }[], costs: Outcome['costs']): Outcome[] =>
    rows.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'completed', result: 1, costs }));

  test('is judged by the statement that adds them up, which takes no further row', async () => {
    const budget = { cost: { tokens: 100 } };
    const { batchId, held } = await launchClaimed(context, 10, { concurrency: 3, budget });
    const record = (at: number, tokens: number) =>
      recordAndTake({
        consumerId: 1,
        outcomes: costing(batchId, held.slice(at, at + 1), { tokens }),
        requests: [request(batchId, at, 1)],
      });
    expect(await record(0, 99)).toMatchObject({ batches: [{ spent: false }], taken: [{ batch_id: batchId }] });
    expect(await record(1, 1)).toMatchObject({ batches: [{ spent: true }], taken: [] });
    await pauseSpent(context.organizationId, batchId);
    // What ran when it was spent ends, and is added.
    await recordOutcomes(costing(batchId, held.slice(2), { tokens: 50 }));
    expect(await getBatch(context, batchId)).toMatchObject({
      paused: true,
      pausedWhy: 'budget-tokens',
      costs: { tokens: 150 },
    });
    const { rows } = await pool().query(`select after from audit where target_id = $1 and action = 'batch.pause'`, [
      batchId,
    ]);
    expect(rows).toEqual([{ after: { reason: 'budget-tokens', failed: 0, costs: { tokens: 100 }, budget } }]);
    await expectConsistent();
  });

  test('of money is exact to the last part of a cent, and is raised by the resume', async () => {
    const { batchId, held } = await launchClaimed(context, 20, { concurrency: 10, budget: { cost: { usd: 1 } } });
    // Ten times 0.1 is less than 1 in floating point.
    await recordOutcomes(costing(batchId, held, { usd: 0.1 }));
    await pauseSpent(context.organizationId, batchId);
    expect(await getBatch(context, batchId)).toMatchObject({ pausedWhy: 'budget-usd', costs: { usd: 1 } });
    await expect(resumeBatch(context, batchId, { budget: { cost: { usd: 0.5 } } })).rejects.toMatchObject({
      code: 'budget-spent',
    });
    expect(await resumeBatch(context, batchId, { budget: { cost: { usd: 2 } } })).toMatchObject({
      paused: false,
      pausedWhy: null,
      options: { budget: { cost: { usd: 2 } } },
    });
    expect(await updateBatch(context, batchId, { options: { budget: { cost: { usd: 0.9 } } } })).toMatchObject({
      pausedWhy: 'budget-usd',
    });
  });
});

describe('a budget of minutes', () => {
  test('pauses the batch when they have passed', async () => {
    const { result } = await launchItems(context, 3, { options: { budget: { minutes: 5 } } });
    const { batchId } = result;
    await pauseOverdue();
    expect(await getBatch(context, batchId)).toMatchObject({ paused: false });
    expect(await secondsLeft(batchId)).toBeGreaterThan(60);
    await leave(batchId, -1);
    await pauseOverdue();
    expect(await getBatch(context, batchId)).toMatchObject({ paused: true, pausedWhy: 'budget-minutes' });
    await expect(resumeBatch(context, batchId)).rejects.toMatchObject({ code: 'budget-spent' });
    expect(await resumeBatch(context, batchId, { budget: { minutes: 15 } })).toMatchObject({ paused: false });
    expect(await secondsLeft(batchId)).toBeGreaterThan(500);
    expect(await secondsLeft(batchId)).toBeLessThanOrEqual(600);
    expect(await resumeBatch(context, batchId, { budget: null })).toMatchObject({ options: {} });
    expect(await secondsLeft(batchId)).toBeNull();
  });

  test('does not count pauses, of the batch and of everything', async () => {
    const { result } = await launchItems(context, 3, { options: { budget: { minutes: 5 } } });
    const { batchId } = result;
    await leave(batchId, 100);
    await pauseBatch(context, batchId);
    await pool().query(
      `update batch set paused_at = paused_at - interval '1 hour', budget_until = budget_until - interval '1 hour' where id = $1`,
      [batchId],
    );
    await pauseOverdue();
    expect(await resumeBatch(context, batchId)).toMatchObject({ paused: false });
    expect(await secondsLeft(batchId)).toBeGreaterThan(50);
    await pauseAll(context, { everywhere: false });
    await pool().query(`update work_pause set paused_at = paused_at - interval '1 hour'`);
    await pool().query(`update batch set budget_until = budget_until - interval '1 hour' where id = $1`, [batchId]);
    await pauseOverdue();
    expect(await getBatch(context, batchId)).toMatchObject({ paused: false });
    await resumeAll(context, { everywhere: false });
    expect(await secondsLeft(batchId)).toBeGreaterThan(50);
    await expectConsistent();
  });

  test('begin with the start of a batch, and move when they are changed', async () => {
    const { result } = await launchItems(context, 3, { start: 'manual', options: { budget: { minutes: 5 } } });
    const { batchId } = result;
    await updateBatch(context, batchId, { options: { budget: { minutes: 7 } } });
    expect(await secondsLeft(batchId)).toBeNull();
    const running = (await launchItems(context, 3)).result.batchId;
    await updateBatch(context, running, { options: { budget: { minutes: 2 } } });
    expect(await secondsLeft(running)).toBeLessThanOrEqual(120);
    await updateBatch(context, running, { options: { budget: { minutes: 10, failed: 3 } } });
    expect(await secondsLeft(running)).toBeGreaterThan(480);
  });
});
