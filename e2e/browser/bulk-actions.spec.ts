import { BatchPage } from '@/e2e/pages/batch';
import { expect, type Locator, test } from '@/e2e/support/test';
import { until } from '@/lib/testing/until';

/** Everything of the bar can be seen and reached, at the foot of a screen of this size. */
async function fits(bar: Locator, { width, height }: { width: number; height: number }): Promise<void> {
  for (const part of [bar, ...(await bar.getByRole('button').all())]) {
    const box = await part.boundingBox();
    expect(box, (await part.textContent()) ?? '').not.toBeNull();
    if (!box) continue;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
  }
}

test('failed jobs of one customer in three batches are found, selected and retried, and exactly those run', async ({
  page,
  browser,
  context,
  api,
}) => {
  const customer = `acme-${Date.now()}`;
  const query = `data.payload.customer:${customer} status:failed`;
  const item = (of: string, outcome: string) => ({ outcome, payload: { customer: of } });
  const batches: string[] = [];
  for (const name of ['first', 'second', 'third']) {
    const { body } = await api.launch({
      name: `${name} of ${customer}`,
      type: 'diagnostic',
      searchable: ['payload.customer'],
      start: 'queue',
      options: { maxAttempts: 1 },
      // Two reasons, and two customers that take turns.
      items: Array.from({ length: 40 }, (_, i) =>
        item(i % 2 === 0 ? customer : `not-${customer}`, i < 20 ? 'fail' : 'fail-once'),
      ),
    });
    batches.push(body.batchId);
  }
  for (const batchId of batches) expect((await api.finished(batchId)).failed).toBe(40);

  await page.goto(`/jobs?query=${encodeURIComponent(query)}`);
  const rows = page.getByRole('table', { name: 'Jobs' }).getByRole('row');
  await expect(rows.first()).toBeVisible();
  // Picked one by one if all were loaded, else as the query, whose number the estimate finds.
  const sixty = /60\+? (selected|that match)/;
  // The same address shows the same to somebody else.
  const elsewhere = await browser.newContext({ storageState: await context.storageState() });
  const other = await elsewhere.newPage();
  await other.goto(page.url());
  await expect(other.getByRole('combobox', { name: 'Search jobs' })).toHaveValue(query);
  await other.getByRole('checkbox', { name: 'Select all jobs that match' }).check();
  await expect(other.getByRole('region', { name: 'Selection' })).toContainText(sixty);
  await elsewhere.close();

  await page.getByRole('checkbox', { name: 'Select all jobs that match' }).check();
  const bar = page.getByRole('region', { name: 'Selection' });
  await expect(bar).toContainText(sixty);
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();
  await page.getByRole('checkbox', { name: 'Select all jobs that match' }).check();
  await bar.getByRole('button', { name: /^Retry( 60)?$/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry jobs' });
  await expect(dialog).toContainText('Retry 60 jobs in 3 batches');
  await dialog.getByRole('button', { name: 'Retry 60 jobs' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Follow it' }).click();
  await expect(page.getByRole('heading', { name: 'Retry 60 jobs' })).toBeVisible();
  await expect(page.getByText('completed', { exact: true }).first()).toBeVisible();
  await expect(page.getByRole('main')).toContainText('60 retried');

  for (const batchId of batches) {
    await api.finished(batchId);
    for (const { id, index, dataPreview } of await api.children(batchId)) {
      const { run } = await api.job(id);
      expect(run, `item ${index} ${dataPreview}`).toBe((index ?? 0) % 2 === 0 ? 2 : 1);
    }
  }
  await page.getByRole('navigation', { name: 'Main navigation' }).getByRole('link', { name: 'Bulk actions' }).click();
  await expect(page.getByRole('table', { name: 'Bulk actions' })).toContainText('Retry 60 jobs');
});

test('rows are selected on a phone and by a drag over the matrix, and the bar fits at every size', async ({
  page,
  api,
}) => {
  const { body } = await api.launch({
    name: `selected ${Date.now()}`,
    type: 'diagnostic',
    items: Array.from({ length: 6 }, () => ({ outcome: 'fail-once' })),
    options: { maxAttempts: 1 },
  });
  await api.finished(body.batchId);
  const bar = page.getByRole('region', { name: 'Selection' });
  const query = encodeURIComponent(`batch:${body.batchId} status:failed`);

  const phone = { width: 390, height: 844 };
  await page.setViewportSize(phone);
  await page.goto(`/jobs?query=${query}`);
  await page.getByRole('checkbox', { name: /^Select .* #6$/ }).check();
  await page.getByRole('checkbox', { name: /^Select .* #5$/ }).check();
  await expect(bar).toContainText('2 selected');
  await fits(bar, phone);
  await bar.getByRole('button', { name: 'Retry 2' }).click();
  await page.getByRole('dialog', { name: 'Retry jobs' }).getByRole('button', { name: 'Retry 2 jobs' }).click();
  await expect(bar).toBeHidden();
  await until('both have run again', async () => (await api.batch(body.batchId)).completed === 2);

  // A zoom of 200 % leaves half of the room in each direction.
  const zoomed = { width: 640, height: 430 };
  await page.setViewportSize(zoomed);
  await page.reload();
  await page.getByRole('checkbox', { name: /^Select .* #1$/ }).check();
  await fits(bar, zoomed);
  await page.keyboard.press('Escape');
  await expect(bar).toBeHidden();

  await page.setViewportSize({ width: 1280, height: 860 });
  const batch = new BatchPage(page);
  await batch.open(body.batchId);
  const matrix = page.getByRole('slider', { name: /Items by state/ });
  await expect(matrix).toBeVisible();
  const box = await matrix.boundingBox();
  const y = (box?.y ?? 0) + 4;
  await page.mouse.move((box?.x ?? 0) + 4, y);
  await page.mouse.down();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) - 4, y, { steps: 6 });
  await page.mouse.up();
  await expect(bar).toContainText('Items 1–6');
  await bar.getByRole('button', { name: 'Retry 4 of 6', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Retry jobs' });
  await expect(dialog).toContainText('Retry 4 jobs');
  await dialog.getByRole('button', { name: 'Retry 4 jobs' }).click();
  await batch.ends('completed');
  await batch.shows({ completed: 6, failed: 0 });
});
