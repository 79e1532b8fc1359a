import { BatchPage } from '@/e2e/pages/batch';
import { openCable } from '@/e2e/support/cable';
import { expect, test } from '@/e2e/support/test';

test('the page reports a lost connection, catches up, and is correct again', async ({ page, api, running }) => {
  const items = Array.from({ length: 40 }, () => ({ durationMs: 200 }));
  const fields = { name: 'offline', type: 'diagnostic', start: 'manual', options: { concurrency: 4 } };
  const { body } = await api.launch({ ...fields, items });
  const cable = await openCable(running.url);
  const live = page.locator('[data-live="live"]');
  await page.goto(`${cable.url}/batches/${body.batchId}`);
  await expect(live).toBeVisible();
  cable.cut();
  await expect(live).toBeHidden();
  await api.post(`/api/jobs/process/all/${body.batchId}`);
  await api.finished(body.batchId);
  cable.repair();
  const batch = new BatchPage(page);
  await batch.ends('completed');
  await batch.shows({ completed: 40, active: 0, pending: 0 });
  await expect(live).toBeVisible();
  await cable.close();
});

test('the overview and the list follow what runs', async ({ page, api }) => {
  await page.goto('/');
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  const name = `seen-${Date.now()}`;
  const items = Array.from({ length: 4 }, () => ({ durationMs: 500 }));
  await api.launch({ name, type: 'diagnostic', items, options: { concurrency: 2 } });
  await expect(page.getByRole('main').getByText(name).first()).toBeVisible();
  await page.goto('/batches');
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('completed', { timeout: 30_000 });
  await page.goto('/jobs');
  await expect(page.getByRole('main').getByRole('row').nth(1)).toBeVisible();
});
