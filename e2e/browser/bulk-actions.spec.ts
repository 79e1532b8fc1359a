import { expect, test } from '@/e2e/support/test';

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
  await page.getByRole('link', { name: 'Bulk actions' }).click();
  await expect(page.getByRole('table', { name: 'Bulk actions' })).toContainText('Retry 60 jobs');
});

test('jobs and batches are tagged from their lists, and the query finds them by their tags', async ({ page, api }) => {
  const tag = `seen-${Date.now()}`;
  const items = [{ outcome: 'fail' }, { outcome: 'fail' }, {}];
  const options = { maxAttempts: 1 };
  const { body } = await api.launch({ name: `tags ${tag}`, type: 'diagnostic', start: 'queue', options, items });
  await api.finished(body.batchId);

  const bar = page.getByRole('region', { name: 'Selection' });
  await page.goto(`/jobs?query=${encodeURIComponent(`batch:${body.batchId} status:failed`)}`);
  await page.getByRole('checkbox', { name: 'Select all jobs that match' }).check();
  await bar.getByRole('button', { name: /^Tag( 2)?$/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Tag jobs' });
  await dialog.getByLabel('Add tags').fill(`${tag}, known outage`);
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await dialog.getByRole('button', { name: 'Tag 2 jobs' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Follow it' }).click();
  await expect(page.getByRole('main')).toContainText('2 tagged');
  await expect(page.getByRole('main')).toContainText(`Adds ${tag}, known outage`);
  await page.goto(`/jobs?query=${encodeURIComponent(`tag:${tag} tag:"known outage"`)}`);
  await expect(
    page.getByRole('table', { name: 'Jobs' }).getByRole('checkbox', { name: /^Select (?!all)/ }),
  ).toHaveCount(2);

  await page.goto(`/batches?query=${encodeURIComponent(`name:"tags ${tag}"`)}`);
  await page.getByRole('checkbox', { name: `Select tags ${tag}` }).check();
  await bar.getByRole('button', { name: 'Tag 1 batch' }).click();
  const ofBatches = page.getByRole('dialog', { name: 'Tag batches' });
  await ofBatches.getByLabel('Add tags').fill(`all-${tag}`);
  await ofBatches.getByRole('button', { name: 'Preview' }).click();
  await ofBatches.getByRole('button', { name: 'Tag 1 batch' }).click();
  await expect(ofBatches).toBeHidden();
  await page.getByRole('button', { name: 'Follow it' }).click();
  await expect(page.getByRole('main')).toContainText('1 tagged');
  await page.goto(`/batches?query=${encodeURIComponent(`tag:all-${tag}`)}`);
  await expect(page.getByRole('table', { name: 'Batches' })).toContainText(`tags ${tag}`);
});
