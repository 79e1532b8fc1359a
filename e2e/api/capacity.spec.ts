import { expect, test } from '@/e2e/support/test';
import { eventually } from '@/lib/testing/until';

const slow = (count: number) => Array.from({ length: count }, () => ({ durationMs: 60_000 }));

test('at capacity a launch gets 429 and creates nothing, and a queued one starts when a slot is free @both', async ({
  api,
}) => {
  const first = await api.launch({ name: 'occupies', type: 'diagnostic', items: slow(3) });
  expect(first.status).toBe(201);
  const { total: jobsBefore } = (await api.get<{ total: number }>('/api/jobs/stats')).body;

  const refused = await api.post('/api/batches', { name: 'refused', type: 'diagnostic', items: [{}] });
  expect(refused).toMatchObject({ status: 429, body: { status: 429, code: 'capacity-reached' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  const { body } = await api.get<{ batches: unknown[] }>('/api/batches?q=refused');
  expect(body.batches).toEqual([]);
  expect((await api.get<{ total: number }>('/api/jobs/stats')).body.total).toBe(jobsBefore);

  const queued = await api.launch({ name: 'waits', type: 'diagnostic', items: [{}, {}], start: 'queue' });
  expect(queued.status).toBe(201);
  expect(await api.batch(queued.body.batchId)).toMatchObject({ status: 'pending', startedAt: null });

  const capacity = await api.capacity();
  expect(capacity).toMatchObject({ activeBatches: 1, maxBatches: 1, runningBatches: [first.body.batchId] });

  expect((await api.post(`/api/batches/${first.body.batchId}/cancel`, { force: true })).status).toBe(200);
  expect(await api.finished(queued.body.batchId)).toMatchObject({ status: 'completed', completed: 2 });
});

test('process/all answers 200 started, 202 already running, 429 at capacity, 409 nothing left, 404 unknown', async ({
  api,
}) => {
  const start = (id: string) => api.post(`/api/jobs/process/all/${id}`);
  const manual = await api.launch({ name: 'by hand', type: 'diagnostic', items: slow(2), start: 'manual' });
  expect(await api.batch(manual.body.batchId)).toMatchObject({ status: 'pending' });
  expect((await start(manual.body.batchId)).status).toBe(200);
  expect((await start(manual.body.batchId)).status).toBe(202);

  const second = await api.launch({ name: 'by hand 2', type: 'diagnostic', items: [{}], start: 'manual' });
  expect(await start(second.body.batchId)).toMatchObject({ status: 429, body: { code: 'capacity-reached' } });

  await api.post(`/api/batches/${manual.body.batchId}/cancel`, { force: true });
  await api.finished(manual.body.batchId);
  await eventually(
    'the slot is free',
    () => start(second.body.batchId),
    ({ status }) => status === 200,
  );
  await api.finished(second.body.batchId);
  expect((await start(second.body.batchId)).status).toBe(409);
  expect((await start('01900000-0000-7000-8000-000000000000')).status).toBe(404);
  expect((await start('nonsense')).status).toBe(404);
});

test('a unique key admits one unfinished batch, and an idempotency key returns the same one', async ({ api }) => {
  const unique = { name: 'nightly', type: 'diagnostic', items: slow(1), uniqueKey: 'nightly' };
  const first = await api.launch(unique);
  const second = await api.launch(unique);
  expect(second).toMatchObject({ status: 202, body: { batchId: first.body.batchId } });
  await api.post(`/api/batches/${first.body.batchId}/cancel`, { force: true });
  await api.finished(first.body.batchId);

  const key = { 'idempotency-key': `launch-${first.body.batchId}` };
  const body = { name: 'once', type: 'diagnostic', items: [{}] };
  const once = await api.launch(body, key);
  const twice = await api.launch(body, key);
  expect(once.status).toBe(201);
  expect([200, 201]).toContain(twice.status);
  expect(twice.body.batchId).toBe(once.body.batchId);
});
