import { beforeEach, describe, expect, test } from 'vitest';
import { newId, pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { cancelJob, createJob, getJobStats, listJobs, retryJob } from '@/lib/domain/job';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { type Outcome, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { registerConsumer, registerNode, releaseConsumer } from '@/lib/domain/worker';
import { asItems, asMember, createContext, emptyYard, expectConsistent, jobRows } from '@/lib/testing';
import { collect } from '@/lib/testing/collect';
import {
  cancelBatch,
  getBatch,
  type LaunchInput,
  launchBatch,
  listBatchJobs,
  pauseBatch,
  readMatrix,
  retryBatch,
  startBatch,
  streamResults,
} from '.';
import { dispatchBatch } from './dispatch-batch';

let context: Context;

beforeEach(async () => {
  await emptyYard();
  context = await createContext();
});

const launch = (count: number, fields: Partial<LaunchInput['fields']> = {}, idempotencyKey?: string) =>
  launchBatch(context, {
    fields: { name: 'verbs', type: 'diagnostic', start: 'now', ...fields },
    items: asItems(Array.from({ length: count }, (_, i) => ({ payload: i }))),
    ...(idempotencyKey ? { idempotencyKey } : {}),
  });

async function runAll(batchId: string, kind: (index: number) => Outcome['kind'] = () => 'completed') {
  for (let round = 0; round < 20; round += 1) {
    await dispatchBatch(batchId, 100);
    const { rows } = await pool().query<{ id: string; item_index: number }>(
      `select id, item_index from job where batch_id = $1 and status in ('pending', 'delayed') order by item_index`,
      [batchId],
    );
    if (rows.length === 0) return;
    const claims = await claimJobs(
      1,
      false,
      rows.map((r) => ({ id: r.id, redelivered: false })),
    );
    const index = new Map(rows.map((r) => [r.id, r.item_index]));
    await recordOutcomes(
      claims.map((c) => ({
        id: c.id,
        batchId,
        attempt: c.attempt,
        kind: kind(index.get(c.id) ?? 0),
        result: 1,
        error: { message: 'told to' },
      })),
    );
  }
}

describe('launch', () => {
  test('is all or nothing: one bad item refuses the whole, with its row and path', async () => {
    const refused = launchBatch(context, {
      fields: { name: 'bad', type: 'diagnostic', start: 'now' },
      items: asItems([{}, { durationMs: 'long' }, { wrong: 1 }]),
    });
    await expect(refused).rejects.toMatchObject({
      code: 'invalid-items',
      errors: [
        { row: 2, path: 'durationMs' },
        { row: 3, path: 'wrong' },
      ],
    });
    const { rows } = await pool().query('select 1 from batch where organization_id = $1', [context.organizationId]);
    expect(rows).toHaveLength(0);
  });

  test('refuses none and unknown', async () => {
    await expect(launch(0)).rejects.toMatchObject({ code: 'empty-batch' });
    await expect(launch(1, { type: 'nothing' })).rejects.toMatchObject({ code: 'unknown-job-type' });
  });

  test('with the same idempotency key is the same batch, also when both race', async () => {
    const key = newId();
    const outcomes = await Promise.all([launch(3, { start: 'queue' }, key), launch(3, { start: 'queue' }, key)]);
    expect(new Set(outcomes.map((o) => o.result.batchId)).size).toBe(1);
    expect(outcomes.map((o) => o.outcome).sort()).toEqual(['created', 'existing']);
  });

  test('with the unique key of an unfinished batch gives that batch; afterwards a new one', async () => {
    const first = await launch(1, { uniqueKey: 'nightly' });
    expect(await launch(1, { uniqueKey: 'nightly' })).toMatchObject({ outcome: 'running', result: first.result });
    await runAll(first.result.batchId);
    expect(await launch(1, { uniqueKey: 'nightly' })).toMatchObject({ outcome: 'created' });
  });

  test('never takes more slots than there are, however many race', async () => {
    const settled = await Promise.allSettled(Array.from({ length: 6 }, () => launch(1)));
    expect(settled.filter((s) => s.status === 'fulfilled')).toHaveLength(2);
    const { rows } = await pool().query('select 1 from batch where organization_id = $1', [context.organizationId]);
    expect(rows).toHaveLength(2);
  });

  test('keeps hostile text as it is', async () => {
    const payload = 'tab\there\\n \u0000 \ud800 <script>"quotes" \r\n end';
    const { result } = await launchBatch(context, {
      fields: { name: 'tab\tand \\ backslash', type: 'diagnostic', start: 'manual' },
      items: asItems([{ payload }]),
    });
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    expect(jobs[0]?.data).toEqual({ payload });
  });
});

describe('counting', () => {
  test('an outcome counts once, a stale attempt never', async () => {
    const { result } = await launch(1);
    await dispatchBatch(result.batchId, 10);
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    const id = jobs[0]?.id ?? '';
    const [first] = await claimJobs(1, false, [{ id, redelivered: false }]);
    const [second] = await claimJobs(2, false, [{ id, redelivered: true }]);
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

  test('an attempt that was put off does not count, one that failed does', async () => {
    const { result } = await launch(1, { options: { maxAttempts: 2 } });
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    const id = jobs[0]?.id ?? '';
    const end = async (kind: Outcome['kind']) => {
      const [claim] = await claimJobs(1, false, [{ id, redelivered: false }]);
      await recordOutcomes([
        { id, batchId: result.batchId, attempt: claim?.attempt ?? 0, kind, delayMs: 5, error: { message: 'later' } },
      ]);
      return (await listBatchJobs(context, result.batchId, { limit: 1 })).jobs[0];
    };
    expect(await end('defer')).toMatchObject({ status: 'delayed', attemptsMade: 0, runAt: expect.any(String) });
    expect(await end('retry')).toMatchObject({ status: 'delayed', attemptsMade: 1 });
    expect(await end('failed')).toMatchObject({ status: 'failed', attemptsMade: 2, runAt: null });
  });

  test('a live holder is not robbed by a duplicate delivery', async () => {
    const { result } = await launch(1);
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
    const id = jobs[0]?.id ?? '';
    await claimJobs(1, false, [{ id, redelivered: false }]);
    expect(await claimJobs(2, false, [{ id, redelivered: false }])).toHaveLength(0);
  });

  test.each([
    ['completed', () => 'completed' as const],
    ['failed', () => 'failed' as const],
    ['partial', (i: number) => (i === 0 ? ('failed' as const) : ('completed' as const))],
    ['cancelled', () => 'cancelled' as const],
  ])('ends as %s', async (status, kind) => {
    const { result } = await launch(4);
    await runAll(result.batchId, kind);
    expect((await getBatch(context, result.batchId)).status).toBe(status);
    await expectConsistent();
  });
});

describe('verbs that race', () => {
  test('cancel, retry and completion in any order leave rows and counters agreeing', async () => {
    const { result } = await launch(60);
    const { batchId } = result;
    await dispatchBatch(batchId, 10);
    await Promise.allSettled([
      runAll(batchId, (i) => (i % 3 === 0 ? 'failed' : 'completed')),
      cancelBatch(context, batchId),
      retryBatch(context, batchId, { only: 'all' }),
      cancelBatch(context, batchId, { force: true }),
      retryBatch(context, batchId, { only: 'failed' }),
    ]);
    await expectConsistent();
    await runAll(batchId);
    await expectConsistent();
  });

  test('two dispatchers hand over each row once', async () => {
    const { result } = await launch(40);
    await Promise.all(Array.from({ length: 6 }, () => dispatchBatch(result.batchId, 5)));
    const { rows } = await pool().query('select cursor, holes, reach from batch_dispatch where batch_id = $1', [
      result.batchId,
    ]);
    expect(rows[0]).toMatchObject({ holes: 0 });
    await runAll(result.batchId);
    expect(await jobRows(result.batchId)).toEqual({ completed: 40 });
  });
});

test('a batch is not retried while another one with its unique key is unfinished', async () => {
  const first = await launch(1, { uniqueKey: 'nightly' });
  await runAll(first.result.batchId, () => 'failed');
  const second = await launch(1, { uniqueKey: 'nightly' });
  const { jobs } = await listBatchJobs(context, first.result.batchId, { limit: 1 });
  const refused = { code: 'unique-key-in-use', status: 409 };
  await expect(retryBatch(context, first.result.batchId, { only: 'all' })).rejects.toMatchObject(refused);
  await expect(retryJob(context, jobs[0]?.id ?? '')).rejects.toMatchObject(refused);
  expect(await jobRows(first.result.batchId)).toMatchObject({ failed: 1 });
  await runAll(second.result.batchId);
  expect((await retryBatch(context, first.result.batchId, { only: 'all' })).retried).toBe(1);
  await expectConsistent();
});

test('a retry does not wait for a launch with its unique key whose items are still coming', async () => {
  const first = await launch(1, { uniqueKey: 'nightly' });
  await runAll(first.result.batchId, () => 'failed');
  async function* slowly() {
    yield* asItems([{}]);
    await expect(retryBatch(context, first.result.batchId, { only: 'all' })).rejects.toMatchObject({
      code: 'unique-key-in-use',
    });
  }
  const second = await launchBatch(context, {
    fields: { name: 'verbs', type: 'diagnostic', start: 'now', uniqueKey: 'nightly' },
    items: slowly(),
  });
  expect(second).toMatchObject({ outcome: 'created' });
  await expectConsistent();
});

describe('dispatch', () => {
  test('never has more in flight than the concurrency, also around cancelled and retried rows', async () => {
    const { result } = await launch(10, { options: { concurrency: 3 } });
    const { batchId } = result;
    const { jobs } = await listBatchJobs(context, batchId, { limit: 10 });
    await cancelJob(context, jobs[1]?.id ?? '');
    await cancelJob(context, jobs[7]?.id ?? '');
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 3, inFlight: 3 });
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 0, inFlight: 3 });
    await retryJob(context, jobs[1]?.id ?? '');
    expect(await dispatchBatch(batchId, 100)).toMatchObject({ count: 0, inFlight: 3 });
    await runAll(batchId);
    expect(await jobRows(batchId)).toEqual({ completed: 9, cancelled: 1 });
    await expectConsistent();
  });

  test('hands nothing over while paused, cancelled or before its time', async () => {
    const later = await launch(2, { options: { delaySeconds: 60 } });
    expect(await dispatchBatch(later.result.batchId, 10)).toMatchObject({ count: 0, dueInMs: expect.any(Number) });
    const { result } = await launch(2);
    await pauseBatch(context, result.batchId);
    expect(await dispatchBatch(result.batchId, 10)).toBeUndefined();
  });
});

describe('reading', () => {
  test('the matrix is one byte per child in item order', async () => {
    const { result } = await launch(6);
    await dispatchBatch(result.batchId, 10);
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 10 });
    const claims = await claimJobs(
      1,
      false,
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

  test('children of a batch that waits for delaySeconds are delayed, wherever they are shown', async () => {
    const { result } = await launch(2, { options: { delaySeconds: 3600 } });
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
    // What has ended waits for no moment.
    await cancelJob(context, jobs[0]?.id ?? '');
    const ended = await listBatchJobs(context, result.batchId, { status: ['cancelled'], limit: 10 });
    expect(ended.jobs).toMatchObject([{ id: jobs[0]?.id, runAt: null }]);
  });

  test('what ran before its hand-over was committed is found when its consumer dies', async () => {
    const { result } = await launch(3);
    const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
      result.batchId,
    ]);
    // The queue had taken them, and then the dispatcher died: consumers run what the cursor has not passed.
    const consumer = await registerConsumer(await registerNode('host', 1));
    await claimJobs(
      consumer,
      false,
      rows.map(({ id }) => ({ id, redelivered: false })),
    );
    await dispatchBatch(result.batchId, 10);
    expect((await getBatch(context, result.batchId)).active).toBe(3);
    expect((await releaseConsumer(consumer, 'stopped', 'SIGKILL')).returned).toHaveLength(3);
  });

  test('lists and statistics agree with the rows, in every state', async () => {
    const { result } = await launch(6);
    await createJob(context, { type: 'diagnostic', data: {}, delayMs: 60_000 });
    await dispatchBatch(result.batchId, 10);
    const { jobs } = await listBatchJobs(context, result.batchId, { limit: 10 });
    await claimJobs(1, false, [{ id: jobs[2]?.id ?? '', redelivered: false }]);
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

  test('another organisation sees and changes nothing; a member may not cancel', async () => {
    const { result } = await launch(1);
    const stranger = await createContext();
    await expect(getBatch(stranger, result.batchId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(cancelBatch(stranger, result.batchId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(startBatch(stranger, result.batchId)).rejects.toMatchObject({ code: 'not-found' });
    await expect(retryBatch(asMember(context), result.batchId, { only: 'all' })).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect((await getBatch(context, result.batchId)).cancelMode).toBeNull();
  });
});
