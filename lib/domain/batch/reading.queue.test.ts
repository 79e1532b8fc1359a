import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { getJobStats } from '@/lib/domain/job/get-job-stats';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { registerConsumer, registerNode } from '@/lib/domain/worker/nodes';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { collect } from '@/lib/testing/collect';
import { asMember, createContext, truncateAll } from '@/lib/testing/factories';
import { launchItems } from '@/lib/testing/run-batch';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { listBatchJobs } from './list-batch-jobs';
import { readMatrix } from './read-matrix';
import { retryBatch } from './retry-batch';
import { startBatch } from './start-batch';
import { streamResults } from './stream-results';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

test('the matrix has one byte per child in item order', async () => {
  const { result } = await launchItems(context, 6);
  await dispatchBatch(result.batchId, 10);
  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 10 });
  const claims = await claimJobs(
    { consumerId: 1, quarantine: false },
    [0, 1, 2].map((i) => ({ id: jobs[i]?.id ?? '', redelivered: false })),
  );
  const by = (i: number) => claims.find((c) => c.id === jobs[i]?.id)?.attempt ?? 0;
  await recordOutcomes([
    { id: jobs[0]?.id ?? '', batchId: result.batchId, attempt: by(0), kind: 'completed', result: null },
    { id: jobs[1]?.id ?? '', batchId: result.batchId, attempt: by(1), kind: 'failed', error: { message: 'no' } },
  ]);
  await cancelJob(context, jobs[5]?.id ?? '');
  expect([...(await readMatrix(context, result.batchId))]).toEqual([2, 3, 1, 0, 0, 4]);
});

test('children of a batch that waits for delaySeconds are shown as delayed everywhere', async () => {
  const { result } = await launchItems(context, 2, { options: { delaySeconds: 3600 } });
  expect([...(await readMatrix(context, result.batchId))]).toEqual([5, 5]);
  const { notBefore } = await getBatch(context, result.batchId);
  const { jobs } = await listBatchJobs(context, result.batchId, { status: ['delayed'], limit: 10 });
  expect(jobs).toMatchObject([
    { status: 'delayed', runAt: notBefore },
    { status: 'delayed', runAt: notBefore },
  ]);
  expect((await listJobs(context, { status: ['delayed'], limit: 10 })).jobs).toHaveLength(2);
  expect(await collect(await streamResults(context, result.batchId, { status: 'delayed' }))).toMatchObject([
    [{ index: 0, status: 'delayed' }, { index: 1 }],
  ]);
  expect((await listBatchJobs(context, result.batchId, { status: ['pending'], limit: 10 })).jobs).toEqual([]);
  expect((await listJobs(context, { status: ['pending'], limit: 10 })).jobs).toEqual([]);
  await pool().query('update batch set not_before = now() where id = $1', [result.batchId]);
  expect([...(await readMatrix(context, result.batchId))]).toEqual([0, 0]);
  expect((await listJobs(context, { status: ['pending'], limit: 10 })).jobs).toHaveLength(2);
  // An ended job waits for no start time.
  await cancelJob(context, jobs[0]?.id ?? '');
  const ended = await listBatchJobs(context, result.batchId, { status: ['cancelled'], limit: 10 });
  expect(ended.jobs).toMatchObject([{ id: jobs[0]?.id, runAt: null }]);
});

test('a row that ran before its dispatch was committed is found when its consumer dies', async () => {
  const { result } = await launchItems(context, 3);
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
    result.batchId,
  ]);
  // The dispatcher died after it enqueued them and before its commit: consumers run rows beyond the cursor.
  const consumer = await registerConsumer(await registerNode('host', 1));
  await claimJobs(
    { consumerId: consumer, quarantine: false },
    rows.map(({ id }) => ({ id, redelivered: false })),
  );
  await dispatchBatch(result.batchId, 10);
  expect((await getBatch(context, result.batchId)).active).toBe(3);
  expect((await releaseConsumer(consumer, 'stopped', 'SIGKILL')).requeued).toHaveLength(3);
});

test('lists and statistics agree with the rows in every state', async () => {
  const { result } = await launchItems(context, 6);
  await createJob(context, { type: 'diagnostic', data: {}, delayMs: 60_000 });
  await dispatchBatch(result.batchId, 10);
  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 10 });
  await claimJobs({ consumerId: 1, quarantine: false }, [{ id: jobs[2]?.id ?? '', redelivered: false }]);
  await cancelJob(context, jobs[3]?.id ?? '');
  const count = async (status: 'pending' | 'active' | 'cancelled' | 'delayed') =>
    (await listJobs(context, { status: [status], limit: 100 })).jobs.length;
  expect(await Promise.all([count('pending'), count('active'), count('cancelled'), count('delayed')])).toEqual([
    4, 1, 1, 1,
  ]);
  expect(await getJobStats(context)).toMatchObject({ total: 7, pending: 5, active: 1, cancelled: 1 });
  const paged = await listJobs(context, { limit: 3 });
  const rest = await listJobs(context, { limit: 10, cursor: paged.nextCursor ?? '' });
  expect(new Set([...paged.jobs, ...rest.jobs].map((j) => j.id)).size).toBe(7);
});

test('another organization sees and changes nothing, and a member may not cancel', async () => {
  const { result } = await launchItems(context, 1);
  const stranger = await createContext();
  await expect(getBatch(stranger, result.batchId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(cancelBatch(stranger, result.batchId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(startBatch(stranger, result.batchId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(retryBatch(asMember(context, 'viewer'), result.batchId, { only: 'all' })).rejects.toMatchObject({
    code: 'forbidden',
  });
  expect((await getBatch(context, result.batchId)).cancelMode).toBeNull();
});
