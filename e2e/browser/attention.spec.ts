import { expect, test } from '@/e2e/support/test';

test('a batch that failed needs a person until its items are retried from the overview', async ({ page, api }) => {
  const name = `needs-a-person-${Date.now()}`;
  const { body } = await api.launch({
    name,
    type: 'diagnostic',
    items: [{ outcome: 'fail-once' }],
    options: { maxAttempts: 1 },
  });
  await api.finished(body.batchId);

  await page.goto('/');
  // The notice of the retry names it, too.
  const row = page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ hasText: `${name} ended with failures` });
  await expect(row).toBeVisible();
  await row.getByRole('button', { name: /^Retry 1/ }).click();
  // The pointer is over the row, so it stays until it leaves.
  await expect(row).toContainText('Settled');
  expect(await api.finished(body.batchId)).toMatchObject({ status: 'completed' });
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Needs you' })).toBeVisible();
  await expect(row).toHaveCount(0);
});
