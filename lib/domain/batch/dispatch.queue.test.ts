import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { diagnoseBatch } from '@/lib/domain/doctor/diagnose-batch';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { claimJobs, findEarly } from '@/lib/domain/job/claim-jobs';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { retryJob } from '@/lib/domain/job/retry-job';
import { redeliverLost } from '@/lib/domain/worker/sweep';
import { findMissing } from '@/lib/queue/inspect';
import { queueOf } from '@/lib/queue/queues';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { listBatchJobs } from './list-batch-jobs';
import { pauseBatch, resumeBatch } from './pause-batch';
import { retryBatch } from './retry-batch';
import { startBatch } from './start-batch';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

describe('a suspended batch', () => {
  const rowsOf = async (batchId: string) => {
    const { rows } = await pool().query<{ id: string; delivery: number; status: string }>(
      'select id, delivery, status from job where batch_id = $1 order by item_index',
      [batchId],
    );
    return rows;
  };
  const claim = async (batchId: string) =>
    claimJobs(
      { consumerId: 1, quarantine: false },
      (await rowsOf(batchId)).map(({ id }) => ({ id, redelivered: false })),
    );

  test('starts neither waiting deliveries nor retries of the queue', async () => {
    const { result } = await launchItems(context, 3, { options: { maxAttempts: 3 } });
    const { batchId } = result;
    await dispatchBatch(batchId, 10);
    const [first] = await claimJobs({ consumerId: 1, quarantine: false }, [
      { id: (await rowsOf(batchId))[0]?.id ?? '', redelivered: false },
    ]);
    await pauseBatch(context, batchId);
    // A running job may end. Like the others, it then waits for its next attempt.
    await recordOutcomes([
      { id: first?.id ?? '', batchId, attempt: 1, kind: 'retry', delayMs: 0, error: { message: 'again' } },
    ]);
    expect(await claim(batchId)).toEqual([]);
    expect((await rowsOf(batchId)).map((r) => r.status)).toEqual(['pending', 'pending', 'pending']);
    const before = await rowsOf(batchId);
    await resumeBatch(context, batchId);
    await dispatchBatch(batchId, 10);
    // The queue may have dropped those deliveries: all are repeated under the next delivery number.
    expect((await rowsOf(batchId)).map((r) => r.delivery)).toEqual(before.map((r) => r.delivery + 1));
    const again = await claim(batchId);
    expect(again.map((c) => c.attempts_made).sort()).toEqual([0, 0, 1]);
    await runBatch(batchId);
  });

  test('is not delivered again by the sweep, and loses nothing in the queue', async () => {
    const { result } = await launchItems(context, 2);
    await dispatchBatch(result.batchId, 10);
    await pauseBatch(context, result.batchId);
    await queueOf('diagnostic').obliterate({ force: true });
    await pool().query(`update batch set rate_at = now() - interval '1 minute' where id = $1`, [result.batchId]);
    expect(await redeliverLost()).toBe(0);
    const { findings } = await diagnoseBatch(context, result.batchId);
    expect(findings.map((f) => f.code)).not.toContain('lost-in-queue');
    await resumeBatch(context, result.batchId);
    await dispatchBatch(result.batchId, 10);
    expect(await findMissing('diagnostic', await rowsOf(result.batchId))).toEqual([]);
  });

  test('starts nothing before its time, even if a delivery comes early', async () => {
    const { result } = await launchItems(context, 1, { options: { maxAttempts: 2 } });
    const { batchId } = result;
    const [{ id = '', attempt = 0 } = {}] = await claim(batchId);
    await recordOutcomes([{ id, batchId, attempt, kind: 'retry', delayMs: 60_000, error: { message: 'later' } }]);
    expect(await claim(batchId)).toEqual([]);
    const left = (await findEarly([id], { quarantine: false })).get(id) ?? 0;
    const { rows } = await pool().query<{ ms: number }>(
      'select extract(epoch from run_at - now())::float8 * 1000 as ms from job where id = $1',
      [id],
    );
    expect(left).toBeGreaterThanOrEqual(rows[0]?.ms ?? Number.NaN);
    expect(left).toBeLessThanOrEqual(60_000);
    await pool().query(`update job set run_at = now() where id = $1`, [id]);
    expect(await findEarly([id], { quarantine: false })).toEqual(new Map());
    expect(await claim(batchId)).toHaveLength(1);
  });
});

describe('dispatch', () => {
  test('never exceeds the concurrency, also with cancelled and retried rows', async () => {
    const { result } = await launchItems(context, 10, { options: { concurrency: 3 } });
    const { batchId } = result;
    const { jobs } = await listBatchJobs(context, batchId, { limit: 10 });
    await cancelJob(context, jobs[1]?.id ?? '');
    await cancelJob(context, jobs[7]?.id ?? '');
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 3, inFlight: 3 });
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 0, inFlight: 3 });
    await retryJob(context, jobs[1]?.id ?? '');
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 0, inFlight: 3 });
    await runBatch(batchId);
    expect(await jobRows(batchId)).toEqual({ completed: 9, cancelled: 1 });
    await expectConsistent();
  });

  test('never exceeds the concurrency after a retry of a batch that was cancelled while it ran', async () => {
    for (const dispatched of [0, 1]) {
      const { result } = await launchItems(context, 30, { start: 'manual', options: { concurrency: 1 } });
      const { batchId } = result;
      if (dispatched) {
        await startBatch(context, batchId);
        await dispatchBatch(batchId, 10);
      }
      await cancelBatch(context, batchId);
      expect((await retryBatch(context, batchId, { only: 'all' })).retried).toBe(30);
      expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 1, inFlight: 1, waiting: 29 });
      expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 0, inFlight: 1, waiting: 29 });
      await runBatch(batchId);
      await expectConsistent();
    }
  });

  test('continues while a large batch is reopened, and the batch ends only after its last row', async () => {
    const { result } = await launchItems(context, 4500, { start: 'manual' });
    const { batchId } = result;
    await cancelBatch(context, batchId);
    let reopening = true;
    const work = (async () => {
      while (reopening) await runBatch(batchId);
    })();
    const { retried } = await retryBatch(context, batchId, { only: 'all' });
    reopening = false;
    await work;
    await runBatch(batchId);
    expect(retried).toBe(4500);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'completed', completed: 4500, sealed: true });
    const { rows } = await pool().query('select run from batch where id = $1', [batchId]);
    expect(rows).toEqual([{ run: 1 }]);
    await expectConsistent();
  });

  test('enqueues nothing while the batch is paused, cancelled or before its time', async () => {
    const soon = await launchItems(context, 2, { options: { delaySeconds: 4 } });
    expect(await dispatchBatch(soon.result.batchId, 10)).toMatchObject({ count: 0, dueInMs: expect.any(Number) });
    const later = await launchItems(context, 2, { options: { delaySeconds: 60 } });
    expect(await dispatchBatch(later.result.batchId, 10)).toBeUndefined();
    const { result } = await launchItems(context, 2);
    await pauseBatch(context, result.batchId);
    expect(await dispatchBatch(result.batchId, 10)).toBeUndefined();
  });
});
