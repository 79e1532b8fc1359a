import { expect, test } from '@/e2e/support/test';

test('dead letters are grouped by reason; one group is retried, the other discarded with a word why', async ({
  page,
  api,
}) => {
  const { batchId } = (
    await api.launch({
      name: `dead letters ${Date.now()}`,
      type: 'diagnostic',
      items: [...Array(3).fill({ outcome: 'fail-once' }), ...Array(2).fill({ outcome: 'fail' }), {}],
      options: { maxAttempts: 1 },
    })
  ).body;
  await api.finished(batchId);

  await page.goto(`/dead-letters?query=batch:${batchId}`);
  const groups = page.getByRole('list', { name: 'Groups of dead letters' }).getByRole('listitem');
  await expect(groups).toHaveCount(2);
  await expect(groups.first()).toContainText('on the first attempt');
  await expect(page.getByText('5 jobs in 2 groups match')).toBeVisible();
  const inRail = page.getByRole('navigation').getByRole('link', { name: /^Dead letters \d/ });
  await expect(inRail).toBeVisible();

  // A retry is a bulk action; those that complete are no dead letters any more.
  await groups
    .first()
    .getByRole('button', { name: /^Retry 3 jobs/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Retry 3 jobs' }).click();
  await expect(page.getByText('2 jobs in 1 group match')).toBeVisible();
  await api.finished(batchId);

  await page.getByRole('button', { name: 'More for failed as configured' }).click();
  await page.getByRole('menuitem', { name: /^Discard/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Note').fill('configured to fail');
  await dialog.getByRole('button', { name: 'Discard 2 jobs' }).click();
  await expect(page.getByText('No dead letters match', { exact: true })).toBeVisible();

  await page.goto(`/batches/${batchId}`);
  await expect(page.getByText('2 of 2 were discarded; nothing is left to deal with.')).toBeVisible();
  const [discarded] = (await api.children(batchId)).filter(({ status }) => status === 'failed');
  await page.goto(`/jobs/${discarded?.id}`);
  await expect(page.getByText(/^Discarded by /)).toBeVisible();
  await expect(page.getByText(/^configured to fail/)).toBeVisible();
});
