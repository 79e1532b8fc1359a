import { BatchPage } from '@/e2e/pages/batch';
import { JobModal } from '@/e2e/pages/job-modal';
import { expect, test } from '@/e2e/support/test';

test('the modal of a running item shows its progress and its end', async ({ page, api }) => {
  // Far longer than anyone watches: the item is cancelled, and its end is that of the retry.
  const items = [{ durationMs: 60_000, steps: 100 }];
  const { body } = await api.launch({ name: 'one slow item', type: 'diagnostic', items, start: 'manual' });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.items.getByRole('link').first().click();
  const modal = new JobModal(page);
  await expect(modal.dialog).toBeVisible();
  await api.post(`/api/jobs/process/all/${body.batchId}`);
  const progress = modal.dialog.getByText(/step \d+ of 100/).first();
  await expect(progress).toBeVisible();
  const before = (await progress.textContent()) ?? '';
  await expect(progress).not.toHaveText(before);
  const [job] = await api.children(body.batchId);
  expect((await api.call('PATCH', `/api/jobs/${job?.id}/cancel`, { force: true })).status).toBe(200);
  await expect(modal.dialog.getByText('cancelled', { exact: true }).first()).toBeVisible();
  const data = { durationMs: 400, steps: 40, payload: 'given back' };
  expect((await api.post(`/api/jobs/${job?.id}/retry`, { data })).status).toBe(200);
  await expect(modal.dialog.getByText('completed', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await modal.tab('Result').click();
  await expect(modal.dialog.getByText('given back')).toBeVisible();
  await modal.tab('Logs').click();
  await expect(modal.dialog.getByText('step 40 of 40').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(modal.dialog).toBeHidden();
  await expect(batch.items.getByRole('link').first()).toBeFocused();
});

test('failures are grouped by reason, one is retried from its modal and the rest from the page', async ({
  page,
  api,
}) => {
  const items = [{}, { outcome: 'fail-once' }, { outcome: 'fail-once' }, { outcome: 'fail-once' }, {}];
  const { body } = await api.launch({ name: 'fails once', type: 'diagnostic', items });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.ends('partial');
  await batch.shows({ completed: 2, failed: 3 });
  await expect(page.getByText('failed as configured, on the first attempt').first()).toBeVisible();

  await batch.counter('failed').click();
  await expect(batch.items.getByRole('link')).toHaveCount(3);
  await batch.items.getByRole('link').first().click();
  const modal = new JobModal(page);
  await modal.retry.click();
  await expect(modal.dialog.getByText('completed', { exact: true }).first()).toBeVisible();
  await modal.close.click();
  await batch.shows({ completed: 3, failed: 2 });

  await batch.button('Retry 2 failed').click();
  await batch.ends('completed');
  await batch.shows({ completed: 5, failed: 0 });
});

test('a retry under a search runs only the rows that are shown', async ({ page, api }) => {
  const items = Array.from({ length: 9 }, (_, i) => ({
    outcome: 'fail-once',
    payload: i % 3 === 0 ? 'acme' : 'globex',
  }));
  const { body } = await api.launch({ name: 'narrowed', type: 'diagnostic', items, options: { maxAttempts: 1 } });
  await api.finished(body.batchId);
  const batch = new BatchPage(page);
  await page.goto(`/batches/${body.batchId}?status=failed&q=acme`);
  await expect(batch.items.getByRole('link')).toHaveCount(3);
  await batch.button('Retry 3 failed that match').click();
  await batch.shows({ completed: 3, failed: 6 });
  expect((await api.children(body.batchId, 'completed')).map((job) => job.index)).toEqual([0, 3, 6]);
});

test('a cancel shows its effect first, and items that had not started never start', async ({ page, api, gate }) => {
  const items = Array.from({ length: 30 }, () => gate.item);
  const { body } = await api.launch({ name: 'stopped', type: 'bulk-operation', items, options: { concurrency: 3 } });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.shows({ active: 3 });
  const dialog = await batch.cancel('Cancel batch');
  await expect(dialog).toContainText(/will finish/);
  await dialog.getByRole('button', { name: 'Cancel batch' }).click();
  await batch.shows({ active: 3, cancelled: 27 });
  gate.open();
  await batch.ends('cancelled');
  const { completed, cancelled, total } = await api.batch(body.batchId);
  expect({ completed, cancelled, total }).toEqual({ completed: 3, cancelled: 27, total: 30 });
  await expect(batch.main.getByText(`${completed} of ${total} ran · ${cancelled} did not start`)).toBeVisible();
  await expect(batch.main.getByRole('progressbar').first()).toHaveAttribute('aria-valuenow', String(completed));
  await batch.shows({ completed, cancelled, active: 0, pending: 0 });
});

test('a batch can be started by hand, paused and resumed', async ({ page, api, gate }) => {
  const items = Array.from({ length: 20 }, () => gate.item);
  const fields = { name: 'paused', type: 'bulk-operation', start: 'manual', options: { concurrency: 2 } };
  const { body } = await api.launch({ ...fields, items });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  await batch.button('Start 20 items').click();
  await batch.button('Pause').click();
  await batch.button('Resume').click();
  gate.open();
  await batch.ends('completed');
  await batch.shows({ completed: 20 });
});
