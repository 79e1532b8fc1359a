import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { readJobLogs } from '@/lib/domain/job/read-job-logs';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers(
    // So little memory that it is exhausted within a second.
    { NODE_OPTIONS: '--max-old-space-size=192', GRACE_SCALE: '0.1', LOG_LEVEL: 'silent' },
    { quiet: true, preload: 'misbehave' },
  );
});

afterAll(async () => {
  await workers.stop();
  await expectConsistent();
});

async function launch(items: unknown[], options: BatchOptions = {}, type = 'diagnostic') {
  const { result } = await launchBatch(context, {
    fields: { name: 'misbehaving', type, options, start: 'queue' },
    items: asItems(items),
  });
  return result.batchId;
}

const finished = (batchId: string) => batchEnded(context, batchId);

const ended = (jobId: string) => jobEnded(context, jobId);

// Jobs that only wait run concurrently.
test.concurrent('a processor that never returns is timed out, and the other jobs complete', async () => {
  const batchId = await launch([{}, { field: 'never returns' }, {}], {}, 'collect');
  expect(await finished(batchId)).toMatchObject({ status: 'partial', completed: 2, failed: 1 });
  const { jobs } = await listBatchJobs(context, batchId, { status: ['failed'], limit: 10 });
  expect(jobs).toMatchObject([{ index: 1, attemptsMade: 1, error: { code: 'timeout' } }]);
});

test.concurrent('a job that timed out is retried while attempts are left, and shows why it failed', async () => {
  const { job } = await createJob(context, {
    type: 'collect',
    data: { field: 'never returns' },
    maxAttempts: 2,
    backoff: { type: 'fixed', delay: 20 },
  });
  const done = await ended(job.id);
  expect(done).toMatchObject({ status: 'failed', attemptsMade: 2, error: { code: 'timeout' } });
  expect(done.attempts).toMatchObject([{ error: { code: 'timeout' } }, { error: { code: 'timeout' } }]);
});

test.concurrent('a processor that ignores its abort is abandoned, and its late result is discarded', async () => {
  const batchId = await launch([{ payload: 'is deaf' }, {}]);
  const running = await until('it runs', async () =>
    (await listBatchJobs(context, batchId, { status: ['active'], limit: 10 })).jobs.find(({ index }) => index === 0),
  );
  await cancelBatch(context, batchId, { force: true });
  expect(await finished(batchId)).toMatchObject({ status: 'cancelled' });
  expect(await getJob(context, running.id)).toMatchObject({ status: 'cancelled', result: null });
  await until('it has ended after all', async () =>
    (await readJobLogs(context, running.id)).lines.some((line) => line.message === 'it ends too late'),
  );
  expect(await getJob(context, running.id)).toMatchObject({ status: 'cancelled', result: null, attemptsMade: 0 });
  expect((await jobRows(batchId)).cancelled).toBe((await getBatch(context, batchId)).cancelled);
});

test.concurrent('a single job that ignores its abort ends as cancelled', async () => {
  const { job } = await createJob(context, { type: 'diagnostic', data: { payload: 'is deaf' } });
  await until('it runs', async () => (await getJob(context, job.id)).status === 'active');
  await cancelJob(context, job.id, { force: true });
  expect(await ended(job.id)).toMatchObject({ status: 'cancelled', result: null });
});

test('a blocked event loop delays other jobs, and each of them still ends once', async () => {
  const items: unknown[] = Array.from({ length: 20 }, () => ({ durationMs: 50 }));
  const batchId = await launch([...items, { cpuMs: 1200 }, ...items]);
  expect(await finished(batchId)).toMatchObject({ status: 'completed', completed: 41 });
  const { jobs } = await listBatchJobs(context, batchId, { limit: 100 });
  expect(jobs.map((job) => [job.attemptsMade, JSON.parse(job.resultPreview ?? '').attempt])).toEqual(
    jobs.map(() => [1, 1]),
  );
});

test('a job that uses all memory kills its consumer twice and fails, and the other jobs complete', async () => {
  const items = Array.from({ length: 10 }, () => ({ durationMs: 300 }));
  const batchId = await launch([...items, { payload: 'eats memory' }, ...items]);
  expect(await finished(batchId)).toMatchObject({ status: 'partial', completed: 20, failed: 1 });
  const { jobs } = await listBatchJobs(context, batchId, { status: ['failed'], limit: 10 });
  expect(jobs).toMatchObject([{ index: 10, error: { code: 'worker-crashed' } }]);
  const { attempts } = await getJob(context, jobs[0]?.id ?? '');
  expect(attempts).toMatchObject([{ outcome: 'crashed' }, { outcome: 'failed' }]);
});

test('a job that crashed beside a poison job and fails in quarantine is retried in the queue of its type', async () => {
  const options: BatchOptions = { maxAttempts: 2, backoff: { type: 'fixed', delay: 20 } };
  const batchId = await launch(
    [
      { durationMs: 300, outcome: 'crash' },
      { durationMs: 900, outcome: 'fail' },
    ],
    options,
  );
  // The sweep searches rows without a delivery only where nothing progressed for a while: it does not find this batch.
  await pool().query(`update batch set rate_at = now() + interval '1 hour' where id = $1`, [batchId]);
  expect(await finished(batchId)).toMatchObject({ status: 'failed', failed: 2 });
  const { jobs } = await listBatchJobs(context, batchId, { limit: 10 });
  const { attempts } = await getJob(context, jobs[1]?.id ?? '');
  expect(attempts).toMatchObject([{ outcome: 'crashed' }, { outcome: 'failed' }, { outcome: 'failed' }]);
});
