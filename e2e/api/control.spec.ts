import { expect, test } from '@/e2e/support/test';
import { eventually } from '@/lib/testing/until';

test('a graceful cancel lets running jobs complete and starts no other @both', async ({ api, gate }) => {
  const items = Array.from({ length: 40 }, () => gate.item);
  const { body } = await api.launch({ name: 'cancelled', type: 'bulk-operation', items, options: { concurrency: 4 } });
  await eventually(
    'some run',
    () => api.batch(body.batchId),
    (batch) => batch.active === 4,
  );
  expect((await api.post(`/api/batches/${body.batchId}/cancel`, {})).status).toBe(200);
  gate.open();
  const batch = await api.finished(body.batchId);
  expect(batch).toMatchObject({ completed: 4, cancelled: 36, total: 40 });
  for (const job of await api.children(body.batchId, 'cancelled')) expect(job.attemptsMade).toBe(0);

  const retried = await api.post<{ retried: number }>(`/api/batches/${body.batchId}/retry`, { only: 'cancelled' });
  expect(retried).toMatchObject({ status: 200, body: { retried: batch.cancelled } });
});

test('a force cancel aborts running children @both', async ({ api }) => {
  const items = Array.from({ length: 20 }, () => ({ durationMs: 60_000 }));
  const { body } = await api.launch({ name: 'forced', type: 'diagnostic', items, options: { concurrency: 5 } });
  await eventually(
    'some run',
    () => api.batch(body.batchId),
    (batch) => batch.active === 5,
  );
  await api.post(`/api/batches/${body.batchId}/cancel`, { force: true });
  expect(await api.finished(body.batchId, 20_000)).toMatchObject({ status: 'cancelled', cancelled: 20, completed: 0 });
});

test('a paused batch starts nothing new until it is resumed', async ({ api, gate }) => {
  const items = Array.from({ length: 12 }, () => gate.item);
  const { body } = await api.launch({ name: 'paused', type: 'bulk-operation', items, options: { concurrency: 2 } });
  await eventually(
    'some run',
    () => api.batch(body.batchId),
    (batch) => batch.active === 2,
  );
  expect((await api.post(`/api/batches/${body.batchId}/pause`)).status).toBe(200);
  gate.open();
  const still = await eventually(
    'what ran has ended',
    () => api.batch(body.batchId),
    (batch) => batch.active === 0,
  );
  expect(still).toMatchObject({ paused: true, status: 'in-progress', completed: 2 });
  expect((await api.post(`/api/batches/${body.batchId}/resume`)).status).toBe(200);
  expect(await api.finished(body.batchId)).toMatchObject({ status: 'completed', completed: 12, paused: false });
});

test('a batch stops when it exceeds its failure rate', async ({ api }) => {
  const items = Array.from({ length: 200 }, () => ({ outcome: 'fail', durationMs: 20 }));
  const options = { concurrency: 2, stopOnFailureRate: 0.5, stopAfter: 5 };
  const { body } = await api.launch({ name: 'stops', type: 'diagnostic', items, options });
  const batch = await api.finished(body.batchId);
  expect(batch.failed).toBeGreaterThanOrEqual(5);
  expect(batch.cancelled).toBeGreaterThan(50);
  expect(batch.failed + batch.cancelled).toBe(200);
});
