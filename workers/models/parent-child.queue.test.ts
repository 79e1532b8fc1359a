import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isFinished } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { listBatches } from '@/lib/domain/batch/list-batches';
import { sealBatch } from '@/lib/domain/batch/seal-batch';
import type { Context } from '@/lib/domain/context';
import { diagnoseBatch } from '@/lib/domain/doctor/diagnose-batch';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import {
  flushMonitoring,
  MONITORING_CHANNEL,
  type MonitoringMessage,
  readEventCounts,
} from '@/lib/domain/monitoring/track';
import { batchEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import { jobsService } from '@/workers/jobs-service';
import { BaseWorker, JobProducer, ParentChildJobManager } from '.';

// A busy machine may need long; no assertion depends on the duration.

let context: Context;
let workers: Workers;
let producer: JobProducer;
let manager: ParentChildJobManager;
const heard: MonitoringMessage[] = [];
const listen = (message: unknown) => heard.push(message as MonitoringMessage);

beforeAll(async () => {
  subscribe(MONITORING_CHANNEL, listen);
  context = await createContext();
  producer = new JobProducer(context);
  manager = new ParentChildJobManager(context, { type: 'diagnostic', name: 'enrich' });
  workers = await startWorkers();
});

afterAll(async () => {
  unsubscribe(MONITORING_CHANNEL, listen);
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

const finished = (batchId: string) => batchEnded(context, batchId);
const eventsOf = (parentJobId: string) => heard.filter((m) => m.parentJobId === parentJobId).map((m) => m.event);

describe('ParentChildJobManager', () => {
  test('follows the children of a parent from the first to the last', async () => {
    const parent = await manager.createParentJob(3, 'trace-1', { tenantId: 'tenant-123' });
    expect(parent).toMatchObject({ correlationId: 'trace-1', totalChildren: 3, metadata: { tenantId: 'tenant-123' } });
    const { parentJobId, correlationId } = parent;
    const empty = { status: 'pending', progress: 0, completed: 0, failed: 0, total: 3 };
    expect(await manager.getParentJobStatus(parentJobId)).toEqual(empty);
    for (let i = 0; i < 3; i += 1) {
      const outcome = i === 2 ? ('fail' as const) : ('complete' as const);
      const jobId = await producer.enqueue('diagnostic', { outcome, payload: i }, { parentJobId, correlationId });
      // A child created with its parent is registered already; registering it again changes nothing.
      expect(await manager.registerChildJob(parentJobId, jobId)).toBe(false);
    }
    await finished(parentJobId);
    const end = { status: 'partial', progress: 100, completed: 2, failed: 1, total: 3 };
    expect(await manager.getParentJobStatus(parentJobId)).toEqual(end);
    expect(await manager.getParentJob(parentJobId)).toMatchObject({
      name: 'enrich',
      metadata: { tenantId: 'tenant-123' },
      correlationId: 'trace-1',
      sealed: true,
      announced: 3,
    });
    const { jobs } = await listBatchJobs(context, parentJobId, { limit: 10 });
    expect(jobs.map((j) => [j.parentJobId, j.correlationId])).toEqual(Array(3).fill([parentJobId, 'trace-1']));
    const { batches } = await listBatches(context, { limit: 10 });
    expect(batches.map((b) => b.id)).toContain(parentJobId);
  });

  test('counts jobs that were created before, or registered late or after their end', async () => {
    const { parentJobId } = await manager.createParentJob(2);
    const ended = await producer.enqueue('diagnostic', { payload: 'before' });
    await until('it has ended', async () => (await getJob(context, ended)).finishedAt);
    expect(await manager.registerChildJob(parentJobId, ended)).toBe(true);
    expect(await manager.getParentJobStatus(parentJobId)).toMatchObject({ completed: 1, total: 2, progress: 50 });
    const running = await producer.enqueue('diagnostic', { durationMs: 300 });
    expect(await manager.registerChildJob(parentJobId, running)).toBe(true);
    expect(await manager.registerChildJob(parentJobId, running)).toBe(false);
    expect(await finished(parentJobId)).toMatchObject({ status: 'completed', completed: 2, total: 2 });
    // After the parent finished, a further child is refused and reported.
    const late = await producer.enqueue('diagnostic', {});
    await expect(manager.registerChildJob(parentJobId, late)).rejects.toMatchObject({ code: 'batch-sealed' });
    expect(eventsOf(parentJobId)).toContain('parent-job.child-registration-failed');
    expect(await getBatch(context, parentJobId)).toMatchObject({ status: 'completed', total: 2 });
  });

  test('seals a parent at its deadline when fewer children came than announced, and the doctor names it', async () => {
    const { parentJobId } = await manager.createParentJob(5);
    await producer.enqueue('diagnostic', {}, { parentJobId });
    await until('its child has ended', async () => (await getBatch(context, parentJobId)).completed === 1);
    const { findings } = await diagnoseBatch(context, parentJobId);
    expect(findings).toMatchObject([{ code: 'never-sealed', message: expect.stringContaining('1 of 5') }]);
    await pool().query(`update batch set seals_at = now() where id = $1`, [parentJobId]);
    expect(await finished(parentJobId)).toMatchObject({
      status: 'completed',
      stopReason: 'sealed by its deadline, with 1 of 5 announced items',
    });
    expect((await diagnoseBatch(context, parentJobId)).findings).toMatchObject([{ code: 'fewer-than-announced' }]);
  });

  test('refuses an invalid number of children', async () => {
    for (const total of [0, -1, 1.5, Number.NaN]) {
      await expect(manager.createParentJob(total)).rejects.toMatchObject({ code: 'invalid-request' });
    }
    await expect(manager.createParentJob(1, 'a\u0000b')).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('JobProducer', () => {
  test('enqueues many children of a parent and tolerates those that are refused', async () => {
    const items = [{ payload: 1 }, { durationMs: -5 }, { payload: 3 }, { outcome: 'explode' as never }];
    const bulk = await producer.enqueueWithParent('diagnostic', items, { correlationId: 'bulk-1' });
    expect(bulk).toMatchObject({
      enqueuedCount: 2,
      refused: [
        { index: 1, error: { code: 'invalid-data' } },
        { index: 3, error: { code: 'invalid-data' } },
      ],
    });
    expect(await finished(bulk.parentJobId)).toMatchObject({ status: 'completed', total: 2, correlationId: 'bulk-1' });
  });

  test('refuses what the API refuses, and so does jobsService', async () => {
    for (const wrong of [{ priority: 5000 }, { maxAttempts: 0 }, { name: 'a\u0000b' }, { delayInSeconds: -1 }]) {
      await expect(producer.enqueue('diagnostic', {}, wrong)).rejects.toMatchObject({ code: 'invalid-request' });
    }
    const body = { type: 'diagnostic', data: {}, priority: 1001 };
    await expect(jobsService.createJob('ana', context.organizationId, body)).rejects.toMatchObject({
      code: 'invalid-request',
      errors: [{ path: 'priority' }],
    });
  });

  test('delays each child by its own time', async () => {
    const bulk = await producer.enqueueWithParent('diagnostic', [{}, {}], { delayInSeconds: 1 });
    const { jobs: waiting } = await listBatchJobs(context, bulk.parentJobId, { limit: 10 });
    expect(waiting.map((j) => j.status)).toEqual(['delayed', 'delayed']);
    await finished(bulk.parentJobId);
    const { jobs } = await listBatchJobs(context, bulk.parentJobId, { limit: 10 });
    for (const j of jobs) expect(Date.parse(j.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(j.createdAt) + 990);
  });

  test('fails the parent with a reason when every child is refused', async () => {
    const bulk = await producer.enqueueWithParent('diagnostic', [{ durationMs: -1 }]);
    expect(bulk.enqueuedCount).toBe(0);
    expect(await getBatch(context, bulk.parentJobId)).toMatchObject({ status: 'failed', total: 0 });
  });
});

describe('BaseWorker', () => {
  class Enricher extends BaseWorker<'callback'> {
    constructor() {
      super(
        { type: 'callback', concurrency: 3 },
        async ({ data, jobId, correlationId, log, updateProgress, signal }) => {
          updateProgress(1, 2, 'half');
          log('info', `enriching ${jobId} for ${correlationId}`);
          const { message } = data as { message?: { fail?: boolean; wait?: number } };
          if (message?.wait) await new Promise((_, reject) => signal.addEventListener('abort', reject));
          if (message?.fail) throw new Error('on purpose');
          return { enriched: jobId };
        },
      );
    }
  }

  test('updates the parent exactly once on completion, failure, cancel and retry', async () => {
    const worker = await new Enricher().start();
    try {
      const { parentJobId } = await manager.createParentJob(5);
      const enqueue = (message: object) => producer.enqueue('callback', { message }, { parentJobId });
      const good = [await enqueue({}), await enqueue({})];
      const bad = await enqueue({ fail: true });
      const stopped = await enqueue({ wait: 1 });
      await until('it runs', async () => (await getJob(context, stopped)).status === 'active');
      await cancelJob(context, stopped);
      await enqueue({});
      expect(await finished(parentJobId)).toMatchObject({ completed: 3, failed: 1, cancelled: 1, total: 5 });
      expect(await getJob(context, good[0] ?? '')).toMatchObject({
        result: { enriched: good[0] },
        progress: { current: 1, total: 2, message: 'half' },
      });
      await retryJob(context, bad, { data: { message: {} } });
      expect(await finished(parentJobId)).toMatchObject({ completed: 4, failed: 0, cancelled: 1, total: 5 });
      await expectConsistent();
      await flushMonitoring();
      expect(new Set(eventsOf(parentJobId))).toEqual(
        new Set(['parent-job.created', 'parent-job.child-registered', 'parent-job.child-updated']),
      );
    } finally {
      await worker.close();
    }
  });

  test('releases the jobs that it holds when it closes', async () => {
    const worker = await new Enricher().start();
    const { job } = await createJob(context, { type: 'callback', data: { message: { wait: 1 } } }, { internal: true });
    await until('it runs', async () => (await getJob(context, job.id)).status === 'active');
    const closing = worker.close();
    await cancelJob(context, job.id, { force: true });
    await closing;
    await until('it is over', async () => (await getJob(context, job.id)).status === 'cancelled');
  });
});

test('an event is emitted for each child that ends, with every outcome', async () => {
  const own = await createContext();
  const crashes = await new JobProducer(own).enqueueWithParent('diagnostic', [{ outcome: 'crash' }]);
  const waits = await new JobProducer(own).enqueueWithParent('diagnostic', [{}, {}, {}], { delayInSeconds: 60 });
  const { jobs } = await listBatchJobs(own, waits.parentJobId, { limit: 1 });
  await cancelJob(own, jobs[0]?.id ?? '');
  await cancelBatch(own, waits.parentJobId);
  for (const { parentJobId } of [crashes, waits]) {
    await until('it has finished', async () => isFinished((await getBatch(own, parentJobId)).status));
  }
  await flushMonitoring();
  await until('all have been told', async () => (await readEventCounts(own))['parent-job.child-updated'] === 4);
});

test('events are counted for metrics over all processes', async () => {
  const own = await createContext();
  const bulk = await new JobProducer(own).enqueueWithParent('diagnostic', [{}, {}, { durationMs: -1 }]);
  await until('it has finished', async () => isFinished((await getBatch(own, bulk.parentJobId)).status));
  await sealBatch(own, bulk.parentJobId);
  await flushMonitoring();
  await until('the consumer has said so', async () => (await readEventCounts(own))['parent-job.child-updated'] === 2);
  expect(await readEventCounts(own)).toMatchObject({
    'parent-job.created': 1,
    'parent-job.child-registered': 2,
    'parent-job.child-updated': 2,
  });
});
