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

test('everything is paused from the palette, the banner and the list say so, and it is resumed from the list', async ({
  page,
  api,
}) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Needs you' })).toBeVisible();
  try {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: /^Search/ }).fill('pause everything');
    await expect(page.getByRole('option', { name: /^Pause everything/ })).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: 'Pause everything' }).click();
    await expect(question).toBeHidden();
    const banner = page.getByText('Everything is paused', { exact: true });
    await expect(banner).toBeVisible();
    const { body } = await api.launch({ name: `waits-${Date.now()}`, type: 'diagnostic', items: [{}], start: 'queue' });
    const row = page
      .getByRole('main')
      .getByRole('listitem')
      .filter({ hasText: /^.*Everything is paused.*waits?\./ });
    await expect(row).toBeVisible();
    expect(await api.batch(body.batchId)).toMatchObject({ status: 'pending', completed: 0 });

    await row.getByRole('button', { name: /^Resume everything/ }).click();
    await question.getByRole('button', { name: 'Resume everything' }).click();
    await expect(banner).toBeHidden();
    expect(await api.finished(body.batchId)).toMatchObject({ status: 'completed' });
  } finally {
    await api.post('/api/resume-all', {});
  }
});
