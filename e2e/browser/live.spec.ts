import { BatchPage } from '@/e2e/pages/batch';
import { expect, test } from '@/e2e/support/test';

test('after the connection was lost the page says so, catches up, and is right again', async ({
  page,
  context,
  api,
}) => {
  const items = Array.from({ length: 40 }, () => ({ durationMs: 200 }));
  const { body } = await api.launch({ name: 'offline', type: 'diagnostic', items, options: { concurrency: 4 } });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await expect(page.locator('[data-live="live"]')).toBeVisible();
  await context.setOffline(true);
  await expect(page.locator('[data-live="live"]')).toBeHidden({ timeout: 60_000 });
  await api.finished(body.batchId);
  await context.setOffline(false);
  await batch.ends('completed');
  await batch.shows({ completed: 40, active: 0, pending: 0 });
  await expect(page.locator('[data-live="live"]')).toBeVisible({ timeout: 60_000 });
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
