import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { addItems } from '@/lib/domain/batch/add-items';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createJob } from '@/lib/domain/job/create-job';
import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { asMember, createContext, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { launchItems } from '@/lib/testing/run-batch';
import { countRequest } from './count-request';
import { getLimits, setLimits } from './limits';
import { confirmStreams, takeStream } from './stream-limit';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const limit = (limits: Parameters<typeof setLimits>[1]['limits']) => setLimits(context, { limits });
const used = async () => (await getLimits(context)).used;
const launch = (count: number) => launchItems(context, count, { start: 'manual' });
const aJob = (idempotencyKey?: string) =>
  createJob(context, { type: 'diagnostic', data: {} }, idempotencyKey === undefined ? {} : { idempotencyKey });
const settled = async (calls: Promise<unknown>[]) => {
  const all = await Promise.allSettled(calls);
  const refused = all.filter((one) => one.status === 'rejected').map((one) => (one.reason as { code: string }).code);
  return { done: all.length - refused.length, refused: [...new Set(refused)] };
};

describe('limits', () => {
  test('are set one by one, are read with what is used, and leave an entry with before and after', async () => {
    expect((await getLimits(context)).limits).toMatchObject({ rows: null, jobTypes: null, weight: null });
    await limit({ rows: 10, weight: 2 });
    await launch(3);
    expect(await limit({ rows: 20, streams: 4 })).toMatchObject({
      limits: { rows: 20, streams: 4, weight: 2, uploadBytes: null },
      used: { rows: 3, runningBatches: 0, streams: 0, requestsPerMinute: null, storageBytes: 0 },
    });
    expect((await limit({ rows: null })).limits).toMatchObject({ rows: null, streams: 4 });
    const { rows } = await pool().query(
      `select before, after, target_id from audit where action = 'limit.update' and organization_id = $1 order by id desc limit 1`,
      [context.organizationId],
    );
    expect(rows).toEqual([
      {
        before: { rows: 20, streams: 4, weight: 2 },
        after: { streams: 4, weight: 2 },
        target_id: context.organizationId,
      },
    ]);
  });

  test('are set by system administrators only, and seen by members', async () => {
    const owner = asMember(context, 'owner');
    await limit({ rows: 5 });
    await expect(setLimits(owner, { limits: { rows: 6 } })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await getLimits(asMember(context, 'viewer'))).limits.rows).toBe(5);
    const other = await createContext();
    await expect(getLimits(owner, other.organizationId)).rejects.toMatchObject({ code: 'forbidden' });
    await setLimits(context, { organizationId: other.organizationId, limits: { rows: 7 } });
    expect((await getLimits(context, other.organizationId)).limits.rows).toBe(7);
    expect((await getLimits(context)).limits.rows).toBe(5);
    await expect(setLimits(context, { organizationId: 'nobody', limits: {} })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the limit of stored jobs', () => {
  const refusal = { code: 'limit-exceeded', extra: { limit: 'rows', allowed: 10 } };

  test('counts batches, single jobs, flows and added items, and refuses what goes beyond it whole', async () => {
    await limit({ rows: 10 });
    await launch(4);
    await aJob();
    await createFlows(context, {
      flow: { name: 'f', type: 'diagnostic', data: {}, children: [{ name: 'c', type: 'diagnostic', data: {} }] },
    });
    const open = await launchBatch(context, {
      fields: { name: 'open', type: 'diagnostic', start: 'manual', sealed: false },
      items: asItems([{}, {}]),
    });
    expect((await used()).rows).toBe(9);
    await expect(launch(2)).rejects.toMatchObject(refusal);
    await expect(addItems(context, open.result.batchId, { items: asItems([{}, {}]) })).rejects.toMatchObject(refusal);
    await aJob('key');
    await expect(aJob()).rejects.toMatchObject(refusal);
    await expect(aJob('key')).resolves.toMatchObject({ outcome: 'existing' });
    await expect(createFlows(context, { flow: { name: 'f', type: 'diagnostic', data: {} } })).rejects.toMatchObject(
      refusal,
    );
    expect((await used()).rows).toBe(10);
    await pool().query('delete from job where batch_id is null and flow_id is null');
    await aJob();
    expect((await used()).rows).toBe(9);
  });

  test('is exact when many launch at once', async () => {
    await limit({ rows: 10 });
    expect(await settled(Array.from({ length: 8 }, () => launch(3)))).toEqual({
      done: 3,
      refused: ['limit-exceeded'],
    });
    expect(await settled(Array.from({ length: 5 }, () => aJob()))).toEqual({ done: 1, refused: ['limit-exceeded'] });
    expect((await used()).rows).toBe(10);
  });
});

test('the limit of requests is exact over concurrent requests, and says when the next minute begins', async () => {
  await countRequest(context);
  await limit({ requestsPerMinute: 5 });
  expect(await settled(Array.from({ length: 9 }, () => countRequest(context)))).toEqual({
    done: 5,
    refused: ['limit-reached'],
  });
  const refused = await countRequest(context).catch((error) => error);
  expect(refused).toMatchObject({ extra: { limit: 'requestsPerMinute', allowed: 5 } });
  expect(refused.retryAfterSeconds).toBeGreaterThan(0);
  expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
  await countRequest(await createContext());
});

test('the limit of event streams holds over all web processes, and forgets those that are gone', async () => {
  const take = (open: number) => takeStream(context, { count: () => open, add: () => undefined });
  await take(40);
  await limit({ streams: 3 });
  await take(0);
  const elsewhere = (open: number, seconds: number) =>
    pool().query(
      `insert into open_stream values ('other', $1, $2, now() - make_interval(secs => $3))
       on conflict (process_id, organization_id) do update set open = excluded.open, seen_at = excluded.seen_at`,
      [context.organizationId, open, seconds],
    );
  await elsewhere(1, 0);
  await take(1);
  await expect(take(2)).rejects.toMatchObject({ code: 'limit-reached', extra: { limit: 'streams' } });
  expect((await used()).streams).toBe(3);
  await elsewhere(1, 20);
  await take(2);
  await confirmStreams([context.organizationId], () => 1);
  expect((await used()).streams).toBe(1);
});

describe('a file', () => {
  const parts = async function* (bytes: number) {
    yield Buffer.alloc(bytes);
  };
  const store = (bytes: number) => storeFile(context, { name: 'a.bin', body: parts(bytes) });

  test('may not be larger than the limit of one upload', async () => {
    await limit({ uploadBytes: 100 });
    await store(100);
    await expect(store(101)).rejects.toMatchObject({ code: 'payload-too-large', extra: { limit: 'uploadBytes' } });
    expect((await used()).storageBytes).toBe(100);
  });

  test('has to fit into the storage of the organization, also when many are stored at once', async () => {
    await limit({ storageBytes: 250 });
    expect(await settled(Array.from({ length: 5 }, () => store(100)))).toMatchObject({ refused: ['limit-exceeded'] });
    const before = (await used()).storageBytes;
    expect(before).toBeLessThanOrEqual(200);
    await expect(store(251)).rejects.toMatchObject({ code: 'limit-exceeded', extra: { limit: 'storageBytes' } });
    await store(250 - before);
    expect((await used()).storageBytes).toBe(250);
  });
});

test('job types that an organization may not launch are not offered, and every launch of one is refused', async () => {
  await limit({ jobTypes: ['diagnostic'] });
  expect((await listAllowedTypes(context)).map((type) => type.type)).toEqual(['diagnostic']);
  const refusal = { code: 'forbidden', extra: { limit: 'jobTypes' } };
  const workflow = { type: 'workflow-execution', data: { steps: [] } } as const;
  await expect(createJob(context, workflow)).rejects.toMatchObject(refusal);
  await expect(
    launchBatch(context, { fields: { name: 'n', type: 'bulk-operation', start: 'manual' }, items: asItems([{}]) }),
  ).rejects.toMatchObject(refusal);
  await expect(
    createFlows(context, {
      flow: { name: 'f', type: 'diagnostic', data: {}, children: [{ name: 'c', type: 'collect', data: {} }] },
    }),
  ).rejects.toMatchObject(refusal);
  await limit({ jobTypes: null });
  expect((await listAllowedTypes(context)).length).toBeGreaterThan(3);
});
