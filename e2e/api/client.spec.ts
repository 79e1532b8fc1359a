import { openCable } from '@/e2e/support/cable';
import { expect, test } from '@/e2e/support/test';
import { type BatchEvent, createClient, type LogLine } from '@/lib/api-client/client';

test('the client of programs follows a batch over cut connections to its end', async ({ running, gate }) => {
  const cable = await openCable(running.url);
  const client = createClient({ url: cable.url, key: running.apiKey });
  async function* items() {
    for (let count = 0; count < 20; count += 1) yield gate.item;
  }
  const { batchId, enqueuedCount } = await client.launch({ name: 'client', type: 'bulk-operation' }, items());
  expect(enqueuedCount).toBe(20);
  const events: BatchEvent[] = [];
  for await (const event of client.watch(batchId)) {
    events.push(event);
    if (events.length <= 2) {
      // Each new connection begins with the present state, so the next event says that it is open again.
      cable.cut();
      cable.repair();
    } else gate.open();
  }
  expect(events.length).toBeGreaterThan(3);
  expect(events.at(-1)).toMatchObject({ event: 'done', data: { id: batchId, status: 'completed', completed: 20 } });
  await cable.close();
});

test('the client of programs reads results and errors, retries, uploads, and names what is refused', async ({
  running,
}) => {
  const client = createClient({ url: running.url, key: running.apiKey });
  const items = [{ payload: 'a' }, { outcome: 'fail-once', payload: 'b' }];
  const launch = { name: 'client', type: 'diagnostic', options: { maxAttempts: 1 } };
  const { batchId } = await client.launch(launch, items, { idempotencyKey: `client-${Date.now()}` });
  expect(await client.wait(batchId)).toMatchObject({ status: 'partial', completed: 1, failed: 1 });
  expect((await client.errors(batchId)).groups).toMatchObject([{ count: 1 }]);
  await client.retry(batchId);
  expect(await client.wait(batchId)).toMatchObject({ status: 'completed', completed: 2 });
  const payloads: unknown[] = [];
  for await (const { result } of client.results(batchId)) payloads.push((result as { payload: unknown }).payload);
  expect(payloads).toEqual(['a', 'b']);

  const { fileId, size } = await client.upload('ä note.txt', 'lamp');
  expect([typeof fileId, size]).toEqual(['string', 4]);
  const none = '00000000-0000-7000-8000-000000000000';
  await expect(client.batch(none)).rejects.toMatchObject({ name: 'ApiError', status: 404, code: 'not-found' });
  await expect(client.wait(none)).rejects.toMatchObject({ code: 'not-found' });
  await expect(client.cancel(batchId)).rejects.toMatchObject({ code: 'already-finished' });
  const wrong = client.launch({ name: 'client', type: 'diagnostic' }, [{ durationMs: 'soon' }]);
  await expect(wrong).rejects.toMatchObject({ name: 'ApiError', errors: [{ row: 1 }] });
  const stranger = createClient({ url: `${running.url}/`, key: 'by_not_a_key_of_this_installation' });
  await expect(stranger.batch(batchId)).rejects.toMatchObject({ status: 401, code: 'unauthenticated' });
});

test('the client of programs follows the log of a batch to its end, and reads that of a job', async ({ running }) => {
  const client = createClient({ url: running.url, key: running.apiKey });
  const items = Array.from({ length: 3 }, () => ({ steps: 2, durationMs: 200 }));
  const { batchId } = await client.launch({ name: 'logs', type: 'diagnostic' }, items);
  const lines: LogLine[] = [];
  for await (const line of client.logs(batchId, { follow: true })) lines.push(line);
  const wanted = [0, 1, 2].flatMap((index) => [`${index} step 1 of 2`, `${index} step 2 of 2`]);
  expect(lines.map(({ index, message }) => `${index} ${message}`).sort()).toEqual(wanted);
  const ofJob: string[] = [];
  for await (const { message } of client.logs(lines[0]?.jobId ?? '')) ofJob.push(message);
  expect(ofJob).toEqual(['step 1 of 2', 'step 2 of 2']);
});
