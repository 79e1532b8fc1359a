import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { getJob } from '@/lib/domain/job/get-job';
import { type Outcome, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { listBatchJobs } from './list-batch-jobs';
import { retryBatch } from './retry-batch';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

describe('counting', () => {
  test('counts an outcome once, and a stale attempt never', async () => {
    const { result } = await launchItems(context, 1);
    await dispatchBatch(result.batchId, 10);
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    const id = jobs[0]?.id ?? '';
    const [first] = await claimJobs({ consumerId: 1, quarantine: false }, [{ id, redelivered: false }]);
    const [second] = await claimJobs({ consumerId: 2, quarantine: false }, [{ id, redelivered: true }]);
    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
    const outcome = (attempt: number): Outcome => ({
      id,
      batchId: result.batchId,
      attempt,
      kind: 'completed',
      result: null,
    });
    expect((await recordOutcomes([outcome(1)])).changed).toHaveLength(0);
    const both = await Promise.all([recordOutcomes([outcome(2)]), recordOutcomes([outcome(2)])]);
    expect(both.flatMap((r) => r.changed)).toHaveLength(1);
    expect(both.flatMap((r) => r.batches)).toMatchObject([{ finished: true, changed: 1 }]);
    await expectConsistent();
  });

  test('does not count a deferred attempt, and counts a failed one', async () => {
    const { result } = await launchItems(context, 1, { options: { maxAttempts: 2 } });
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    const id = jobs[0]?.id ?? '';
    const end = async (kind: Outcome['kind']) => {
      // Its start time has passed.
      await pool().query('update job set run_at = now() where id = $1 and run_at is not null', [id]);
      const [claim] = await claimJobs({ consumerId: 1, quarantine: false }, [{ id, redelivered: false }]);
      await recordOutcomes([
        { id, batchId: result.batchId, attempt: claim?.attempt ?? 0, kind, delayMs: 5, error: { message: 'later' } },
      ]);
      return (await listBatchJobs(context, result.batchId, { limit: 1 })).jobs[0];
    };
    expect(await end('defer')).toMatchObject({ status: 'delayed', attemptsMade: 0, runAt: expect.any(String) });
    expect(await end('retry')).toMatchObject({ status: 'delayed', attemptsMade: 1 });
    expect(await end('failed')).toMatchObject({ status: 'failed', attemptsMade: 2, runAt: null });
    await retryBatch(context, result.batchId, { only: 'failed' });
    expect(await end('completed')).toMatchObject({ status: 'completed', attemptsMade: 1 });
    const { attempts, run } = await getJob(context, id);
    expect(run).toBe(2);
    expect(attempts.map((a) => [a.attempt, a.run, a.outcome])).toEqual([
      [1, 1, 'deferred'],
      [2, 1, 'failed'],
      [3, 1, 'failed'],
      [4, 2, 'completed'],
    ]);
  });

  test('counts jobs with warnings once, also failed ones, and no longer when they run again', async () => {
    const { result } = await launchItems(context, 3, { options: { maxAttempts: 2 } });
    const { batchId } = result;
    const children = async (query = {}) => (await listBatchJobs(context, batchId, { limit: 3, ...query })).jobs;
    const [first, second] = (await children()).map((j) => j.id);
    const warnings = [{ code: 'text-lost', message: 'page 2 has no text' }];
    const end = async (id = '', kind: Outcome['kind'], said = warnings) => {
      const [claim] = await claimJobs({ consumerId: 1, quarantine: false }, [{ id, redelivered: false }]);
      const outcome: Outcome = { id, batchId, attempt: claim?.attempt ?? 0, kind, warnings: said };
      await Promise.all([recordOutcomes([outcome]), recordOutcomes([outcome])]);
      await expectConsistent();
      return (await getBatch(context, batchId)).warned;
    };
    await dispatchBatch(batchId, 10);
    expect(await end(first, 'retry')).toBe(0);
    expect(await end(first, 'failed')).toBe(1);
    expect(await end(second, 'completed')).toBe(2);
    expect((await children({ warned: true })).map((j) => [j.status, j.warnings])).toEqual([
      ['failed', warnings],
      ['completed', warnings],
    ]);
    await retryBatch(context, batchId, { only: 'failed' });
    expect(await getBatch(context, batchId)).toMatchObject({ warned: 1, failed: 0 });
    expect((await children())[0]).toMatchObject({ status: 'pending', warnings: [] });
    await dispatchBatch(batchId, 10);
    expect(await end(first, 'completed', [])).toBe(1);
  });

  test('adds up what every recorded attempt cost once, however it ended, over all runs', async () => {
    const { result } = await launchItems(context, 2, { options: { maxAttempts: 2 } });
    const { batchId } = result;
    const [first, second] = (await listBatchJobs(context, batchId, { limit: 2 })).jobs.map((j) => j.id);
    const end = async (id = '', kind: Outcome['kind'], costs?: Outcome['costs']) => {
      const [claim] = await claimJobs({ consumerId: 1, quarantine: false }, [{ id, redelivered: false }]);
      const outcome: Outcome = { id, batchId, attempt: claim?.attempt ?? 0, kind, costs };
      await Promise.all([recordOutcomes([outcome]), recordOutcomes([outcome])]);
      await expectConsistent();
      return (await getBatch(context, batchId)).costs;
    };
    await dispatchBatch(batchId, 10);
    expect(await end(first, 'retry', { tokens: 10, usd: 0.1 })).toEqual({ tokens: 10, usd: 0.1 });
    expect(await end(first, 'failed', { usd: 0.2 })).toEqual({ tokens: 10, usd: 0.3 });
    expect(await end(second, 'completed')).toEqual({ tokens: 10, usd: 0.3 });
    await retryBatch(context, batchId, { only: 'failed' });
    expect(await getBatch(context, batchId)).toMatchObject({ costs: { tokens: 10, usd: 0.3 } });
    await dispatchBatch(batchId, 10);
    expect(await end(first, 'completed', { tokens: 5 })).toEqual({ tokens: 15, usd: 0.3 });
    expect(await getJob(context, first ?? '')).toMatchObject({ costs: { tokens: 15, usd: 0.3 } });
    expect(await getJob(context, second ?? '')).toMatchObject({ costs: {} });
  });

  test('does not take a row from its live holder for a duplicate delivery', async () => {
    const { result } = await launchItems(context, 1);
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    const id = jobs[0]?.id ?? '';
    await claimJobs({ consumerId: 1, quarantine: false }, [{ id, redelivered: false }]);
    expect(await claimJobs({ consumerId: 2, quarantine: false }, [{ id, redelivered: false }])).toHaveLength(0);
  });

  test.each([
    ['completed', () => 'completed' as const],
    ['failed', () => 'failed' as const],
    ['partial', (i: number) => (i === 0 ? ('failed' as const) : ('completed' as const))],
    ['cancelled', () => 'cancelled' as const],
  ])('ends as %s', async (status, kind) => {
    const { result } = await launchItems(context, 4);
    await runBatch(result.batchId, kind);
    expect((await getBatch(context, result.batchId)).status).toBe(status);
    await expectConsistent();
  });
});

test('a cancel changes neither the progress nor the rate of a batch', async () => {
  const { result } = await launchItems(context, 40);
  const { batchId } = result;
  const { jobs } = await listBatchJobs(context, batchId, { limit: 4 });
  const claims = await claimJobs(
    { consumerId: 1, quarantine: false },
    jobs.map(({ id }) => ({ id, redelivered: false })),
  );
  await recordOutcomes(
    claims.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'completed' as const, result: null })),
  );
  expect(await getBatch(context, batchId)).toMatchObject({ progress: 10 });
  await pool().query(`update batch set rate_at = now() - interval '10 seconds', started_at = rate_at where id = $1`, [
    batchId,
  ]);
  const cancelled = await cancelBatch(context, batchId);
  expect(cancelled).toMatchObject({ status: 'cancelled', progress: 10, completed: 4, cancelled: 36, etaSeconds: null });
  const { rows } = await pool().query<{ rate: number }>('select rate_per_second as rate from batch where id = $1', [
    batchId,
  ]);
  expect(rows[0]?.rate).toBeLessThanOrEqual(0.4);
});

describe('concurrent calls', () => {
  test('of cancel, retry and completion leave rows and counters in agreement in any order', async () => {
    const { result } = await launchItems(context, 60);
    const { batchId } = result;
    await dispatchBatch(batchId, 10);
    await Promise.allSettled([
      runBatch(batchId, (i) => (i % 3 === 0 ? 'failed' : 'completed')),
      cancelBatch(context, batchId),
      retryBatch(context, batchId, { only: 'all' }),
      cancelBatch(context, batchId, { force: true }),
      retryBatch(context, batchId, { only: 'failed' }),
    ]);
    await expectConsistent();
    await runBatch(batchId);
    await expectConsistent();
  });

  test('of two dispatchers enqueue each row once', async () => {
    const { result } = await launchItems(context, 40);
    await Promise.all(Array.from({ length: 6 }, () => dispatchBatch(result.batchId, 5)));
    const { rows } = await pool().query('select cursor, holes, reach from batch_dispatch where batch_id = $1', [
      result.batchId,
    ]);
    expect(rows[0]).toMatchObject({ holes: 0 });
    await runBatch(result.batchId);
    expect(await jobRows(result.batchId)).toEqual({ completed: 40 });
  });
});
