import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { isFinished } from '@/lib/contracts/status';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { queueOf } from '@/lib/queue/queues';
import { closedGate } from '@/lib/testing/closed-gate';
import { endBackoff, LONG_BACKOFF } from '@/lib/testing/end-backoff';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import type { Gate } from '@/lib/testing/gate';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers({ OUTBOUND_ALLOW: '127.0.0.1' });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

type Start = 'now' | 'queue' | 'manual';

async function launchOf(type: string, items: unknown[], options: BatchOptions, start: Start): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: 'test', type, options, start },
    items: asItems(items),
  });
  return result.batchId;
}

const launch = (items: unknown[], options: BatchOptions = {}, start: Start = 'queue') =>
  launchOf('diagnostic', items, options, start);

/** Launches a batch whose items run until the gate opens. */
const launchHeld = (gate: Gate, count: number, options: BatchOptions = {}, start: Start = 'queue') =>
  launchOf('bulk-operation', repeat(count, gate.item), options, start);

const finished = (batchId: string) => batchEnded(context, batchId);

const ended = (jobId: string) => jobEnded(context, jobId);

const repeat = (count: number, item: unknown): unknown[] => Array.from({ length: count }, () => item);

describe('a batch', () => {
  test('runs every child once and counts it once', async () => {
    const batch = await finished(await launch(repeat(1000, { payload: 1 })));
    expect(batch).toMatchObject({
      status: 'completed',
      total: 1000,
      completed: 1000,
      progress: 100,
      active: 0,
      pending: 0,
    });
    expect(await jobRows(batch.id)).toEqual({ completed: 1000 });
  });

  test('is partial when some children fail, and a retry runs only the failed ones', async () => {
    const items = [...repeat(20, {}), ...repeat(5, { outcome: 'fail' }), ...repeat(5, { outcome: 'fail-once' })];
    const batchId = await launch(items);
    expect(await finished(batchId)).toMatchObject({ status: 'partial', completed: 20, failed: 10 });
    const { retried } = await retryBatch(context, batchId, { only: 'failed' });
    expect(retried).toBe(10);
    expect(await finished(batchId)).toMatchObject({ status: 'partial', completed: 25, failed: 5, run: 2 });
  });

  test('fails when all its children fail', async () => {
    expect(await finished(await launch(repeat(3, { outcome: 'fail' })))).toMatchObject({ status: 'failed', failed: 3 });
  });

  test('never exceeds its concurrency', async () => {
    const gate = await closedGate();
    const batchId = await launchHeld(gate, 12, { concurrency: 3 });
    const read = async () => {
      const batch = await getBatch(context, batchId);
      expect(batch.completed + batch.failed + batch.cancelled + batch.active + batch.pending).toBe(12);
      expect(batch.active).toBeLessThanOrEqual(3);
      return batch;
    };
    await until('as many run as may', async () => (await read()).active === 3);
    gate.open();
    await until('the batch has finished', async () => isFinished((await read()).status), { everyMs: 5 });
  });

  test('never exceeds its rate', async () => {
    const batchId = await launch(repeat(30, {}), { ratePerMinute: 600 });
    const { startedAt } = await finished(batchId);
    const { jobs } = await listBatchJobs(context, batchId, { limit: 30 });
    // The first may start late on a busy machine, so the times count from the start of the batch.
    const last = Math.max(...jobs.map((j) => Date.parse(j.startedAt ?? '')));
    expect(last - Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(2850);
  });

  test('starts no delivery and no retry while it is paused, and continues after a resume', async () => {
    const items = [...repeat(4, { outcome: 'fail-once' }), ...repeat(36, { durationMs: 30 })];
    const batchId = await launch(items, { concurrency: 4, maxAttempts: 2, backoff: LONG_BACKOFF });
    await until('four wait for their next attempt', async () => (await jobRows(batchId)).delayed === 4);
    expect(await pauseBatch(context, batchId)).toMatchObject({ paused: true, holdsSlot: false });
    const held = await until('what ran has ended', async () => {
      const batch = await getBatch(context, batchId);
      return batch.active === 0 && batch;
    });
    expect(held).toMatchObject({ paused: true, status: 'in-progress' });
    await endBackoff(4);
    // Another batch takes its slot and ends meanwhile.
    await finished(await launch([{}]));
    await until('their deliveries were refused', async () => (await queueOf('diagnostic').count()) === 0);
    expect(await getBatch(context, batchId)).toMatchObject({ active: 0, completed: held.completed, failed: 0 });
    await resumeBatch(context, batchId);
    expect(await finished(batchId)).toMatchObject({ status: 'completed', completed: 40 });
    const { jobs } = await listBatchJobs(context, batchId, { limit: 40 });
    expect(jobs.map((job) => job.attemptsMade)).toEqual([...repeat(4, 2), ...repeat(36, 1)]);
  });

  test('releases its slot while all its jobs wait, and takes one again when a job is due', async () => {
    const waits = await launch([{ outcome: 'fail-once' }], { maxAttempts: 2, backoff: LONG_BACKOFF });
    await until('its slot is free', async () => !(await getBatch(context, waits)).holdsSlot);
    const others = [await launch([{ durationMs: 100 }], {}, 'now'), await launch([{ durationMs: 100 }], {}, 'now')];
    await Promise.all(others.map(finished));
    await endBackoff(1);
    expect(await finished(waits)).toMatchObject({ status: 'completed', completed: 1 });
    const { jobs } = await listBatchJobs(context, waits, { limit: 1 });
    expect(jobs).toMatchObject([{ attemptsMade: 2 }]);
  });

  test('lets running jobs complete and starts no other when it is cancelled gracefully', async () => {
    const gate = await closedGate();
    const batchId = await launchHeld(gate, 30, { concurrency: 4 });
    await until('it runs', async () => (await getBatch(context, batchId)).active === 4);
    await cancelBatch(context, batchId);
    gate.open();
    const batch = await finished(batchId);
    expect(batch).toMatchObject({ status: 'cancelled', failed: 0, completed: 4, cancelled: 26 });
    const again = await retryBatch(context, batchId, { only: 'cancelled' });
    expect(again.retried).toBe(batch.cancelled);
    expect(await finished(batchId)).toMatchObject({ status: 'completed', completed: 30 });
  });

  test('aborts its running jobs when it is cancelled by force', async () => {
    const batchId = await launch(repeat(10, { durationMs: 60_000 }), { concurrency: 4 });
    await until('it runs', async () => (await getBatch(context, batchId)).active === 4);
    await cancelBatch(context, batchId, { force: true });
    expect(await finished(batchId)).toMatchObject({ status: 'cancelled', cancelled: 10, completed: 0 });
  });

  test('stops when too many of its jobs fail', async () => {
    const batchId = await launch(repeat(200, { outcome: 'fail', durationMs: 5 }), {
      concurrency: 2,
      stopOnFailureRate: 0.5,
      stopAfter: 5,
    });
    const batch = await finished(batchId);
    expect(batch.stopReason).toContain('too many');
    expect(batch.cancelled).toBeGreaterThan(100);
  });

  test('survives the death of a consumer: the poison job fails and all other jobs complete', async () => {
    const batchId = await launch([
      ...repeat(10, { durationMs: 200 }),
      { outcome: 'crash', durationMs: 50 },
      ...repeat(10, { durationMs: 200 }),
    ]);
    const batch = await finished(batchId);
    expect(batch).toMatchObject({ status: 'partial', completed: 20, failed: 1 });
    const { jobs } = await listBatchJobs(context, batchId, { status: ['failed'], limit: 10 });
    expect(jobs).toMatchObject([{ index: 10, error: { code: 'worker-crashed' } }]);
  });

  test('waits for a slot if the launch asks for it, and starts when a slot is free', async () => {
    const gate = await closedGate();
    const first = await Promise.all([1, 2].map(() => launchHeld(gate, 1, {}, 'now')));
    await expect(launch([{}], {}, 'now')).rejects.toMatchObject({
      code: 'capacity-reached',
      retryAfterSeconds: expect.any(Number),
    });
    const queued = await launch([{}], {}, 'queue');
    expect(await getBatch(context, queued)).toMatchObject({ status: 'pending', queuedAt: expect.any(String) });
    gate.open();
    await Promise.all([...first, queued].map(finished));
    const manual = await launch([{}], {}, 'manual');
    expect(await startBatch(context, manual)).toMatchObject({ outcome: 'started' });
    await finished(manual);
    await expect(startBatch(context, manual)).rejects.toMatchObject({ code: 'nothing-to-process' });
  });
});

describe('a job', () => {
  test('completes with its result, progress, warnings and logs', async () => {
    const { job } = await createJob(context, {
      type: 'diagnostic',
      data: { steps: 3, warnings: 2, payload: { a: 1 } },
    });
    expect(await ended(job.id)).toMatchObject({
      status: 'completed',
      result: { payload: { a: 1 }, attempt: 1 },
      progress: { current: 3, total: 3 },
      warnings: [
        { code: 'configured', message: 'warning 1 of 2, as configured' },
        { code: 'configured', message: 'warning 2 of 2, as configured' },
      ],
      attemptsMade: 1,
    });
    const { lines } = await readJobLogs(context, job.id);
    expect(lines.filter((l) => l.level === 'warn').map((l) => l.message)).toEqual([
      'configured: warning 1 of 2, as configured',
      'configured: warning 2 of 2, as configured',
    ]);
  });

  test('is retried after its backoff and shows why the earlier attempt failed', async () => {
    const { job } = await createJob(context, {
      type: 'diagnostic',
      data: { outcome: 'fail-once' },
      maxAttempts: 3,
      backoff: LONG_BACKOFF,
    });
    await until('it waits', async () => (await getJob(context, job.id)).status === 'delayed');
    await endBackoff(1);
    const done = await ended(job.id);
    expect(done).toMatchObject({ status: 'completed', attemptsMade: 2 });
    expect(done.attempts).toMatchObject([
      { attempt: 1, outcome: 'failed' },
      { attempt: 2, outcome: 'completed' },
    ]);
  });

  test('fails after its last attempt, and runs again when it is retried with corrected data', async () => {
    const { job } = await createJob(context, {
      type: 'diagnostic',
      data: { outcome: 'fail' },
      maxAttempts: 2,
      backoff: { type: 'fixed', delay: 0 },
    });
    expect(await ended(job.id)).toMatchObject({ status: 'failed', attemptsMade: 2 });
    await retryJob(context, job.id, { data: { payload: 'mended' } });
    const done = await ended(job.id);
    // Attempts of all runs are listed; those of the current run are counted.
    expect(done).toMatchObject({ status: 'completed', result: { payload: 'mended' }, attemptsMade: 1, run: 2 });
    expect(done.attempts.map((a) => [a.run, a.outcome])).toEqual([
      [1, 'failed'],
      [1, 'failed'],
      [2, 'completed'],
    ]);
  });

  test('can be cancelled while it waits and while it runs', async () => {
    const waits = await createJob(context, { type: 'diagnostic', data: {}, delayMs: 60_000 });
    expect(waits.job.status).toBe('delayed');
    expect(await cancelJob(context, waits.job.id)).toMatchObject({ status: 'cancelled' });
    const runs = await createJob(context, { type: 'diagnostic', data: { durationMs: 60_000 } });
    await until('it runs', async () => (await getJob(context, runs.job.id)).status === 'active');
    await cancelJob(context, runs.job.id);
    expect(await ended(runs.job.id)).toMatchObject({ status: 'cancelled' });
    await expect(cancelJob(context, runs.job.id)).rejects.toMatchObject({ code: 'already-finished' });
  });
});
