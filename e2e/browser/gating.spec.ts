import { BatchPage } from '@/e2e/pages/batch';
import { LaunchPage } from '@/e2e/pages/launch';
import { expect, test } from '@/e2e/support/test';

test('of two tabs at capacity the second one names the reason, queues instead, and is enabled again', async ({
  page,
  context,
  api,
  gate,
}) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{ "payload": 1 }, { "payload": 2 }]');
  await launch.name.fill('second');
  await expect(launch.submit).toHaveText(/Launch 2 items/);

  // Another tab takes the only slot.
  const other = await context.newPage();
  const first = new LaunchPage(other);
  await first.open();
  await first.choose('HTTP calls');
  await first.paste(JSON.stringify([gate.item]));
  await first.name.fill('occupier');
  await first.submit.click();
  const occupier = new BatchPage(other);
  const occupierId = await occupier.id();
  await expect(occupier.capacity).toHaveAccessibleName('Capacity: 1/1 batches running');

  await expect(launch.submit).toHaveText(/At capacity: occupier is running/);
  await expect(launch.submit).toHaveAttribute('aria-disabled', 'true');
  await expect(launch.queueInstead).toBeVisible();

  // It frees itself when the slot does, without a reload, and waits again when it is taken again.
  await api.post(`/api/batches/${occupierId}/cancel`, { force: true });
  await expect(launch.submit).toHaveText(/Launch 2 items/);
  const again = await api.launch({ name: 'occupier again', type: 'bulk-operation', items: [gate.item] });
  await expect(launch.submit).toHaveText(/At capacity: occupier again is running/);

  await launch.queueInstead.click();
  const queued = new BatchPage(page);
  const queuedId = await queued.id();
  await expect(page.getByText('Waiting for a free slot')).toBeVisible();
  await api.post(`/api/batches/${again.body.batchId}/cancel`, { force: true });
  await queued.ends('completed');
  expect(await api.batch(queuedId)).toMatchObject({ name: 'second', completed: 2 });
});

test('a launch that loses the race reports it, and nothing is created', async ({ page, api, gate }) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{}]');
  await launch.name.fill('too late');
  await expect(launch.submit).toHaveText(/Launch 1 item/);
  // The answer that the server gives when the slot was taken a moment before.
  await api.launch({ name: 'was faster', type: 'bulk-operation', items: [gate.item] });
  const refused = await page.request.post('/api/batches', {
    headers: { origin: new URL(page.url()).origin },
    data: { name: 'too late', type: 'diagnostic', items: [{}] },
  });
  expect(refused.status()).toBe(429);
  await expect(launch.submit).toHaveText(/At capacity: was faster is running/);
  const { body } = await api.get<{ batches: unknown[] }>('/api/batches?q=too+late');
  expect(body.batches).toEqual([]);
});

test('a batch that waits for a manual start is gated the same way, and two starts start it once', async ({
  page,
  api,
  gate,
}) => {
  const manual = await api.launch({ name: 'by hand', type: 'diagnostic', items: [{}, {}], start: 'manual' });
  const occupier = await api.launch({ name: 'in the way', type: 'bulk-operation', items: [gate.item] });
  const batch = new BatchPage(page);
  await batch.open(manual.body.batchId);
  await expect(batch.button(/At capacity: in the way is running/)).toHaveAttribute('aria-disabled', 'true');
  await api.post(`/api/batches/${occupier.body.batchId}/cancel`, { force: true });
  await batch.button('Start 2 items').click();
  await batch.ends('completed');
  await batch.shows({ completed: 2 });
});

test('a launch with the unique key of an unfinished batch reports that it is already running, with a link', async ({
  page,
  api,
}) => {
  const first = await api.launch({
    name: 'nightly',
    type: 'diagnostic',
    items: [{}],
    start: 'manual',
    uniqueKey: 'night',
  });
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{}]');
  await launch.name.fill('nightly again');
  await page.getByText('Options', { exact: true }).click();
  await page.getByLabel('Unique key').fill('night');
  await launch.submit.click();
  await expect(launch.submit).toHaveText(/Already running/);
  await page.getByRole('link', { name: 'Open the running batch' }).click();
  expect(await new BatchPage(page).id()).toBe(first.body.batchId);
});
