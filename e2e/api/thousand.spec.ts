import { expect, test } from '@/e2e/support/test';

const outcome = (index: number) => {
  if (index % 10 === 3) return 'fail';
  if (index % 10 === 7) return 'fail-once';
  return 'complete';
};

test('the counters of 1,000 diagnostic jobs equal their rows, and the final event equals the batch @both', async ({
  api,
}) => {
  const items = Array.from({ length: 1000 }, (_, index) => ({ outcome: outcome(index), payload: index }));
  const events = await api.events();
  const launched = await api.launch({ name: 'a thousand', type: 'diagnostic', items });
  expect(launched.status).toBe(201);
  expect(launched.body).toMatchObject({ parentJobId: launched.body.batchId, enqueuedCount: 1000 });
  const { batchId } = launched.body;

  const first = await api.finished(batchId);
  // Every job has one attempt, so both kinds of failing jobs fail the first time.
  expect(first).toMatchObject({ status: 'partial', total: 1000, completed: 800, failed: 200, cancelled: 0 });
  expect(first).toMatchObject({ pending: 0, active: 0, progress: 100 });
  const done = await events.until('done', (data) => data.batchId === batchId);
  const { status, completed, failed, cancelled, warned, total } = await api.batch(batchId);
  expect(done.data).toEqual({ batchId, status, completed, failed, cancelled, warned, total });

  const children = await api.children(batchId);
  expect(children.map((job) => job.index)).toEqual(items.map((_, index) => index));
  for (const [index, job] of children.entries()) {
    expect(job.status).toBe(outcome(index) === 'complete' ? 'completed' : 'failed');
    if (job.status === 'completed') expect(JSON.parse(job.resultPreview ?? '')).toEqual({ payload: index, attempt: 1 });
    else expect(job.error?.message).toBeTruthy();
  }

  const retried = await api.post<{ retried: number }>(`/api/batches/${batchId}/retry`, {});
  expect(retried).toMatchObject({ status: 200, body: { retried: 200 } });
  const second = await api.finished(batchId);
  expect(second).toMatchObject({ status: 'partial', completed: 900, failed: 100, cancelled: 0, total: 1000 });
  expect(await api.children(batchId, 'failed')).toHaveLength(100);
  const again = await events.until('done', (data) => data.batchId === batchId && data.completed === 900);
  const counts = { completed: 900, failed: 100, cancelled: 0, warned: 0, total: 1000 };
  expect(again.data).toEqual({ batchId, status: 'partial', ...counts });

  // At no moment may the stream show numbers that don't add up, or go back within a run.
  let before = -1;
  for (const event of events.seen) {
    if (event.event !== 'processing:progress' || event.data.batchId !== batchId) continue;
    const { completed, failed, cancelled, active, pending, total } = event.data;
    expect(completed + failed + cancelled + active + pending).toBe(total);
    expect(completed).toBeGreaterThanOrEqual(before);
    before = completed;
  }
  events.close();

  const matrix = new Uint8Array(await (await api.raw('GET', `/api/batches/${batchId}/matrix`)).arrayBuffer());
  expect([...matrix]).toEqual(items.map((_, index) => (outcome(index) === 'fail' ? 3 : 2)));
});

test('results stream in item order, as JSON lines and as CSV', async ({ api }) => {
  const items = [{ payload: 'a' }, { outcome: 'fail' }, { payload: 'c, "d"' }];
  const { body } = await api.launch({ name: 'results', type: 'diagnostic', items });
  await api.finished(body.batchId);

  const lines = await (await api.raw('GET', `/api/batches/${body.batchId}/results?format=jsonl`)).text();
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows.map((row) => [row.index, row.status])).toEqual([
    [0, 'completed'],
    [1, 'failed'],
    [2, 'completed'],
  ]);
  expect(rows[0]).toMatchObject({ input: { payload: 'a' }, result: { payload: 'a', attempt: 1 } });
  expect(rows[1].error.message).toBeTruthy();

  const csv = await (await api.raw('GET', `/api/batches/${body.batchId}/results?format=csv&status=completed`)).text();
  expect(csv.trim().split('\n')).toHaveLength(3);
  expect(csv.split('\n')[0]).toContain('index');
});

test('JSON lines and CSV launch the same items as JSON', async ({ api }) => {
  const jsonl = await api.launchStream(
    { name: 'lines', type: 'diagnostic' },
    'application/x-ndjson',
    '{"payload":1}\n{"payload":2}\n\n{"payload":3}\n',
  );
  expect(jsonl).toMatchObject({ status: 201, body: { enqueuedCount: 3 } });
  expect(await api.finished(jsonl.body.batchId)).toMatchObject({ status: 'completed', completed: 3 });

  const csv = await api.launchStream(
    { name: 'cells', type: 'diagnostic' },
    'text/csv',
    'durationMs,outcome,payload\r\n0,complete,"one, two"\r\n5,fail,\r\n',
  );
  expect(csv).toMatchObject({ status: 201, body: { enqueuedCount: 2 } });
  expect(await api.finished(csv.body.batchId)).toMatchObject({ status: 'partial', completed: 1, failed: 1 });
  const [first] = await api.children(csv.body.batchId);
  expect(JSON.parse(first?.dataPreview ?? '')).toMatchObject({ durationMs: 0, payload: 'one, two' });
});
