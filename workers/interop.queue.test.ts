import type { Job, Worker } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { adoptTree, findAdopted } from '@/lib/interop/adopt-job';
import { runAdopted } from '@/lib/interop/run-adopted';
import { bull, closeOpened, endOf, open } from '@/lib/testing/bull-client';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  // The only organization: jobs of external clients belong to it.
  context = await createContext();
  workers = await startWorkers();
});

afterAll(async () => {
  await closeOpened();
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

test('a job that another client adds runs, is shown and counted, and its outcome reaches that client', async () => {
  const queue = open(new bull.Queue('diagnostic', {}));
  const added = await queue.add('from elsewhere', { payload: { n: 1 } }, { attempts: 2 });
  const done = await endOf(queue, added.id);
  expect(done.returnvalue).toMatchObject({ payload: { n: 1 } });
  const { jobs } = await listJobs(context, { q: 'from elsewhere', limit: 10 });
  expect(jobs).toMatchObject([
    { status: 'completed', dataPreview: '{"payload":{"n":1}}', createdBy: 'BullMQ', maxAttempts: 2 },
  ]);
});

test('data that the job type refuses fails the job with a clear reason and leaves a failed row', async () => {
  const queue = open(new bull.Queue('diagnostic', {}));
  const added = await queue.add('misfit', { jobId: 42, durationMs: 'long' });
  const failed = await endOf(queue, added.id);
  expect(failed.failedReason).toContain('data.durationMs');
  const { jobs } = await listJobs(context, { q: 'misfit', limit: 10 });
  expect(jobs).toMatchObject([{ status: 'failed', error: { code: 'invalid-input' }, attemptsMade: 0 }]);
});

test('a repeatable job of a BullMQ 5 client is refused in its queue, because it would run only once', async () => {
  const queue = open(new bull.Queue('diagnostic', {}));
  // The id as that client builds it: from a hash of the key, which includes job, end, time zone and interval.
  const options = { jobId: 'repeat:0cc175b9c0f1b6a831c399e269772661:1700000000000', repeatJobKey: 'often::::1000' };
  const added = await queue.add('often', { payload: 'legacy' }, { ...options, repeat: { every: 1000 } } as never);
  const failed = await endOf(queue, added.id);
  expect(failed.failedReason).toContain('queue.upsertJobScheduler');
  expect((await listJobs(context, { q: 'often', limit: 10 })).jobs).toEqual([]);
});

test('a job scheduler of another client adds a job for every interval', async () => {
  const queue = open(new bull.Queue('diagnostic', {}));
  await queue.upsertJobScheduler('steady', { every: 200, limit: 2 }, { name: 'steady one', data: { payload: 1 } });
  await until(
    'it has run twice',
    async () => (await listJobs(context, { q: 'steady one', limit: 10 })).jobs.length === 2,
  );
});

test('a failed job of another client runs again, whichever side retries it, and both sides show the outcome', async () => {
  const queue = open(new bull.Queue('diagnostic', {}));
  const rowOf = async (name: string) => (await listJobs(context, { q: name, limit: 10 })).jobs[0];
  const ended = async (id: string | undefined, state: 'completed' | 'failed') =>
    until(`${id} is ${state}`, async () => (await queue.getJobState(id ?? '')) === state);

  // The external client's own retry: the first attempt of a row fails, the second one succeeds.
  const theirs = await queue.add('retried there', { outcome: 'fail-once' }, { jobId: 'ключ 00123' });
  await ended(theirs.id, 'failed');
  const failed = await queue.getJob(theirs.id ?? '');
  await failed?.retry('failed');
  await ended(theirs.id, 'completed');
  const row = await rowOf('ключ 00123');
  expect(row).toMatchObject({ name: 'retried there', status: 'completed', attemptsMade: 1 });
  expect(await getJob(context, row?.id ?? '')).toMatchObject({ externalId: 'ключ 00123', run: 2 });

  // Our retry: the row runs again, and the external job gets the new outcome.
  const ours = await queue.add('retried here', { outcome: 'fail-once', steps: 3 }, { priority: 7 });
  await ended(ours.id, 'failed');
  const before = await rowOf('retried here');
  expect(before).toMatchObject({ status: 'failed', priority: 994 });
  await retryJob(context, before?.id ?? '');
  await ended(ours.id, 'completed');
  expect(await rowOf('retried here')).toMatchObject({ status: 'completed' });
  expect((await queue.getJob(ours.id ?? ''))?.progress).toMatchObject({ current: 3, total: 3 });
});

test('a cancelled job does not start when its queue delivers it later', async () => {
  const queue = open(new bull.Queue('diagnostic', {}));
  const added = await queue.add('cancelled here', { outcome: 'fail' }, { attempts: 3, backoff: 60_000 });
  const waits = async () => (await listJobs(context, { q: 'cancelled here', limit: 1 })).jobs[0];
  const row = await until('it waits', async () => ((await waits())?.status === 'delayed' ? waits() : undefined));
  // The row says first that the job waits.
  await until('its queue knows', async () => (await queue.getJobState(must(added.id, 'The id'))) === 'delayed');
  await cancelJob(context, row?.id ?? '');
  await (await queue.getJob(added.id ?? ''))?.promote();
  const failed = await endOf(queue, added.id);
  expect(failed.failedReason).toBeTruthy();
  expect(await waits()).toMatchObject({ status: 'cancelled', attemptsMade: 1 });
});

test('a plain BullMQ worker runs external jobs, and rows, counters and flows follow, even later', async () => {
  const work = (): Worker =>
    open(
      new bull.Worker(
        'external',
        async (job) => {
          if (job.data.bad) throw new Error('not today');
          return { doubled: Number(job.data.n) * 2 };
        },
        { concurrency: 5, removeOnComplete: { count: 0 } },
      ),
    );
  const first = work();
  const { result } = await launchBatch(context, {
    fields: {
      name: 'elsewhere',
      type: 'external',
      start: 'queue',
      options: { maxAttempts: 2, backoff: { type: 'fixed', delay: 10 } },
    },
    items: asItems([...Array.from({ length: 30 }, (_, n) => ({ n })), { bad: true }]),
  });
  const finished = (batchId: string) => batchEnded(context, batchId);
  expect(await finished(result.batchId)).toMatchObject({ status: 'partial', completed: 30, failed: 1 });
  const { jobs } = await listJobs(context, { batchId: result.batchId, limit: 100 });
  expect(jobs.find((j) => j.index === 7)).toMatchObject({ resultPreview: '{"doubled":14}', attemptsMade: 1 });
  expect(jobs.find((j) => j.index === 30)).toMatchObject({ error: { message: 'not today' }, attemptsMade: 2 });

  // None of our processes is alive while the worker runs the jobs.
  await first.close();
  const { result: later } = await launchBatch(context, {
    fields: { name: 'unseen', type: 'external', start: 'queue' },
    items: asItems(Array.from({ length: 10 }, (_, n) => ({ n }))),
  });
  const queue = open(new bull.Queue('external', {}));
  await until('they are in the queue', async () => (await queue.getJobCountByTypes('prioritized', 'waiting')) === 10);
  await workers.stop();
  const second = work();
  await until('the worker has done them', async () => (await queue.getCompletedCount()) === 10);
  workers = await startWorkers();
  expect(await finished(later.batchId)).toMatchObject({ status: 'completed', completed: 10 });
  await until('what was seen is not kept', async () => (await queue.getCompletedCount()) === 0);

  // As a node of a flow, together with our own jobs.
  const flow = await createFlows(context, {
    flow: {
      name: 'mixed',
      type: 'collect',
      data: { field: 'doubled' },
      children: [{ name: 'theirs', type: 'external', data: { n: 21 } }],
    },
  });
  const root = await jobEnded(context, flow.result.flowIds[0] ?? '');
  expect(root.result).toMatchObject({ values: [42] });

  await second.close();
  const { job } = await createJob(context, { type: 'external', data: { n: 1 } });
  await cancelJob(context, job.id);
  await until('a cancelled job leaves the queue', async () => (await queue.getJob(job.id)) === undefined);
  const { rows } = await pool().query(`select 1 from job where type = 'external' and attempts_made > 2`);
  expect(rows).toEqual([]);
});

test('a job whose workers die repeatedly before its row starts fails, with or without a row', async () => {
  const bring = (id: string, stalledCounter: number) =>
    runAdopted(
      'diagnostic',
      { id, name: 'killer', data: {}, opts: {}, timestamp: 1, stalledCounter } as unknown as Job,
      undefined,
      () => Promise.reject(new Error('its row must not run')),
    );
  await expect(bring('never-adopted', 3)).rejects.toThrow('died before it could begin');
  await adoptTree([
    { queue: 'diagnostic', id: 'adopted', addedAt: 1, name: 'k', data: {}, opts: {}, parent: null, outside: false },
  ]);
  await expect(bring('adopted', 3)).rejects.toThrow('died before it could begin');
  const rowId = await findAdopted({ queue: 'diagnostic', id: 'adopted', addedAt: 1 });
  const { rows } = await pool().query<{ code: string }>(
    `select status, error->>'code' as code from job where id = $1`,
    [rowId],
  );
  expect(rows).toEqual([{ status: 'failed', code: 'worker-crashed' }]);
});
