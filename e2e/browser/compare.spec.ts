import { expect, test } from '@/e2e/support/test';

test('the palette opens a comparison, which names what fails now; the batch says what holds it up', async ({
  page,
  api,
}) => {
  const options = { concurrency: 1, maxAttempts: 1 };
  const items = (third: string) =>
    Array.from({ length: 12 }, (_, i) => ({ durationMs: 300, outcome: i === 2 ? third : 'complete' }));
  const launch = async (third: string) => {
    const { body } = await api.launch({ name: 'nightly comparison', type: 'diagnostic', items: items(third), options });
    await api.finished(body.batchId);
    return body.batchId;
  };
  const earlier = await launch('complete');
  const later = await launch('fail');

  await page.goto(`/batches/${later}`);
  await expect(page.getByRole('heading', { name: 'nightly comparison' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search/ }).fill('compare with');
  await expect(page.getByRole('option', { name: /Compare with/ })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await page.getByRole('combobox', { name: 'The other batch' }).selectOption(earlier);
  await page.getByRole('button', { name: '1 newly failed' }).click();
  const rows = page.getByRole('table', { name: 'Compared items' }).getByRole('row');
  await expect(rows.filter({ hasText: '#3' })).toContainText('failed as configured');
  await expect(page).toHaveURL(new RegExp(`with=${earlier}.*change=newly-failed`));

  await page.goto(`/batches/${later}?slow=open`);
  await expect(page.getByText('The limit of 1 at a time is the brake.')).toBeVisible();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Next row');
});
