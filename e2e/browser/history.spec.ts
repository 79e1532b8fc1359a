import { expect, test } from '@/e2e/support/test';

const today = () => new Date().toISOString().slice(0, 10);

test('the history of 30 days leads from its last point, reached with End, to the jobs behind it', async ({
  page,
  api,
}) => {
  const name = `in the history ${Date.now()}`;
  const { body } = await api.launch({
    name,
    type: 'diagnostic',
    items: [{}, { outcome: 'fail' }, { outcome: 'fail' }],
    options: { maxAttempts: 1 },
  });
  await api.finished(body.batchId);
  const day = today();

  await page.goto('/history');
  await page.getByRole('button', { name: '30 days' }).click();
  await expect(page).toHaveURL(/range=30d/);
  await page.getByRole('combobox', { name: 'Job type' }).selectOption('diagnostic');
  await expect(page).toHaveURL(/type=diagnostic/);
  await expect(page.getByRole('heading', { name: 'Ended in each day' })).toBeVisible();
  const chosen = page.getByRole('region', { name: 'Chosen time' });
  const slider = chosen.getByRole('slider', { name: 'Choose a time' });
  // What ended is in the history within half a minute.
  await expect(slider).toHaveAttribute('aria-valuetext', /[1-9][\d,]* failed/, { timeout: 120_000 });
  await slider.focus();
  await page.keyboard.press('End');
  if (today() !== day) await page.keyboard.press('ArrowLeft');
  await chosen.getByRole('link', { name: /^[\d,]+ failed$/ }).click();

  await expect(page).toHaveURL(/\/jobs\?query=/);
  await expect(page.getByRole('combobox', { name: 'Search jobs' })).toHaveValue(/status:failed/);
  const rows = page.getByRole('table', { name: 'Jobs' }).getByRole('row');
  await expect(rows.filter({ hasText: name })).toHaveCount(2);
  await expect(rows.filter({ hasText: 'completed' })).toHaveCount(0);
});
