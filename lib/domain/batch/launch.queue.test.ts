import { beforeEach, expect, test } from 'vitest';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { getJob } from '@/lib/domain/job/get-job';
import { retryJob } from '@/lib/domain/job/retry-job';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { getBatch } from './get-batch';
import { launchBatch } from './launch-batch';
import { listBatchJobs } from './list-batch-jobs';
import { retryBatch } from './retry-batch';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

test('stores all items or none: one bad item refuses the launch with its row and path', async () => {
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

test('keeps every digit of numbers that no double can represent', async () => {
  const data =
    '{"payload":{"id":9007199254740993,"price":0.1000000000000000055,"far":1e400,"zero":-0,"list":[12345678901234567890]}}';
  const { result } = await launchBatch(context, {
    fields: { name: 'digits', type: 'diagnostic', start: 'now', metadata: { order: 9007199254740993n } },
    items: asItems([parseJson(data)]),
  });
  await runBatch(
    result.batchId,
    () => 'completed',
    (given) => given,
  );
  const { rows } = await pool().query('select data::text, result::text from job where batch_id = $1', [result.batchId]);
  expect(rows).toEqual([{ data, result: data }]);
  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
  const job = await getJob(context, jobs[0]?.id ?? '');
  expect(stringifyJson(job.data)).toBe(data);
  expect(stringifyJson((await getBatch(context, result.batchId)).metadata)).toBe('{"order":9007199254740993}');
  const refused = launchBatch(context, {
    fields: { name: 'bad', type: 'diagnostic', start: 'now' },
    items: asItems([
      parseJson('{"durationMs":9007199254740993}'),
      parseJson('{"durationMs":10.000000000000000000001}'),
    ]),
  });
  await expect(refused).rejects.toMatchObject({
    code: 'invalid-items',
    errors: [
      { row: 1, path: 'durationMs', message: expect.stringContaining('9,007,199,254,740,991') },
      { row: 2, path: 'durationMs', message: expect.stringContaining('whole number') },
    ],
  });
});

test('refuses an empty list and an unknown type', async () => {
  await expect(launchItems(context, 0)).rejects.toMatchObject({ code: 'empty-batch' });
  await expect(launchItems(context, 1, { type: 'nothing' })).rejects.toMatchObject({ code: 'unknown-job-type' });
});

test('returns the same batch for the same idempotency key, also in a race', async () => {
  const key = newId();
  const outcomes = await Promise.all([
    launchItems(context, 3, { start: 'queue' }, key),
    launchItems(context, 3, { start: 'queue' }, key),
  ]);
  expect(new Set(outcomes.map((o) => o.result.batchId)).size).toBe(1);
  expect(outcomes.map((o) => o.outcome).sort()).toEqual(['created', 'existing']);
});

test('returns the unfinished batch of a unique key, and a new one when it has finished', async () => {
  const first = await launchItems(context, 1, { uniqueKey: 'nightly' });
  expect(await launchItems(context, 1, { uniqueKey: 'nightly' })).toMatchObject({
    outcome: 'running',
    result: first.result,
  });
  await runBatch(first.result.batchId);
  expect(await launchItems(context, 1, { uniqueKey: 'nightly' })).toMatchObject({ outcome: 'created' });
});

test('never takes more slots than exist, however many launches race', async () => {
  const settled = await Promise.allSettled(Array.from({ length: 6 }, () => launchItems(context, 1)));
  expect(settled.filter((s) => s.status === 'fulfilled')).toHaveLength(2);
  const { rows } = await pool().query('select 1 from batch where organization_id = $1', [context.organizationId]);
  expect(rows).toHaveLength(2);
});

test('stores hostile text unchanged', async () => {
  const payload = 'tab\there\\n \u0000 \ud800 <script>"quotes" \r\n end';
  const { result } = await launchBatch(context, {
    fields: { name: 'tab\tand \\ backslash', type: 'diagnostic', start: 'manual' },
    items: asItems([{ payload }]),
  });
  const { jobs } = await listBatchJobs(context, result.batchId, { limit: 1 });
  expect(JSON.parse(jobs[0]?.dataPreview ?? '')).toEqual({ payload });
  expect((await getJob(context, jobs[0]?.id ?? '')).data).toEqual({ payload });
});

test('refuses a retry while another batch with the unique key is unfinished', async () => {
  const first = await launchItems(context, 1, { uniqueKey: 'nightly' });
  await runBatch(first.result.batchId, () => 'failed');
  const second = await launchItems(context, 1, { uniqueKey: 'nightly' });
  const { jobs } = await listBatchJobs(context, first.result.batchId, { limit: 1 });
  const refused = { code: 'unique-key-in-use', status: 409 };
  await expect(retryBatch(context, first.result.batchId, { only: 'all' })).rejects.toMatchObject(refused);
  await expect(retryJob(context, jobs[0]?.id ?? '')).rejects.toMatchObject(refused);
  expect(await jobRows(first.result.batchId)).toMatchObject({ failed: 1 });
  await runBatch(second.result.batchId);
  expect((await retryBatch(context, first.result.batchId, { only: 'all' })).retried).toBe(1);
  await expectConsistent();
});

test('a retry does not wait for a launch with the same unique key whose items are still uploaded', async () => {
  const first = await launchItems(context, 1, { uniqueKey: 'nightly' });
  await runBatch(first.result.batchId, () => 'failed');
  async function* slowly() {
    yield* asItems([{}]);
    await expect(retryBatch(context, first.result.batchId, { only: 'all' })).rejects.toMatchObject({
      code: 'unique-key-in-use',
    });
  }
  const second = await launchBatch(context, {
    fields: { name: 'items', type: 'diagnostic', start: 'now', uniqueKey: 'nightly' },
    items: slowly(),
  });
  expect(second).toMatchObject({ outcome: 'created' });
  await expectConsistent();
});
