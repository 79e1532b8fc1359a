import { expect, test } from '@/e2e/support/test';

test('the stream starts with a snapshot, resumes, and its ids only increase @both', async ({ api, gate }) => {
  const events = await api.events();
  expect(events.response.status).toBe(200);
  expect(events.response.headers.get('content-type')).toContain('text/event-stream');
  expect(events.response.headers.get('cache-control')).toContain('no-transform');
  const snapshot = await events.until('snapshot');
  expect(Array.isArray(snapshot.data.batches)).toBe(true);

  const items = Array.from({ length: 6 }, () => gate.item);
  const { body } = await api.launch({ name: 'watched', type: 'bulk-operation', items, options: { concurrency: 2 } });
  const ofBatch = (data: { batchId: string | null }) => data.batchId === body.batchId;
  expect((await events.until('processing:started', ofBatch)).data.total).toBe(6);
  await events.until('processing:progress', ofBatch);
  const step = await events.until('job:progress', ofBatch);
  expect(step.data.progress).toMatchObject({ current: 0, total: 1 });
  gate.open();
  const done = await events.until('done', ofBatch);
  const ids = events.seen.map((event) => event.id);
  expect(ids.every(Boolean)).toBe(true);
  events.close();

  const filtered = await api.events(`?batchId=${body.batchId}`);
  const again = await filtered.until('snapshot');
  expect(again.data.batches).toMatchObject([{ id: body.batchId, status: 'completed', completed: 6 }]);
  expect(done.data.completed).toBe(6);
  filtered.close();
});

test('a stream filtered to one batch has no events of another', async ({ api }) => {
  const mine = await api.launch({ name: 'mine', type: 'diagnostic', items: [{}], start: 'manual' });
  const events = await api.events(`?batchId=${mine.body.batchId}`);
  await events.until('snapshot');
  const other = await api.launch({ name: 'other', type: 'diagnostic', items: [{}, {}] });
  await api.finished(other.body.batchId);
  await api.post(`/api/jobs/process/all/${mine.body.batchId}`);
  await events.until('done', (data) => data.batchId === mine.body.batchId);
  // Capacity is of the whole installation; everything else keeps to the filter.
  const received = events.seen.filter(({ event }) => event !== 'capacity' && event !== 'snapshot');
  expect(JSON.stringify(received)).not.toContain(other.body.batchId);
  events.close();
});
