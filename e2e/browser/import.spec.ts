import { BatchPage } from '@/e2e/pages/batch';
import { LaunchPage } from '@/e2e/pages/launch';
import { expect, test } from '@/e2e/support/test';

const CSV = [
  'Wait (ms);Customer;Ends',
  ...Array.from({ length: 12 }, (_, i) => {
    const wait = i === 3 ? 'soon' : String(i);
    return `${wait};"C-${100 + i}; Ltd";${i === 8 ? 'explode' : 'complete'}`;
  }),
].join('\n');

test('a table with two bad rows is mapped, checked, tried and launched, and its rows are in the results', async ({
  page,
  api,
}) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.bring({ name: 'orders.csv', content: CSV });

  await launch.map('durationMs', 'Wait (ms)');
  await launch.map('outcome', 'Ends');
  await launch.template('payload', 'order of {{Customer}}');
  await expect(page.getByText('order of C-100; Ltd')).toBeVisible();

  await expect(page.getByLabel('Name items by')).toHaveValue('column Customer');
  await page.getByRole('button', { name: 'Check every row' }).click();
  await expect(launch.counts).toContainText('10 valid');
  await expect(launch.counts).toContainText('2 do not');
  await expect(launch.badRows).toContainText('row 4');
  await expect(launch.badRows).toContainText('row 9');
  await expect(launch.submit).toHaveAttribute('aria-disabled', 'true');

  // Where it was is in the address: a reload goes on there.
  await page.reload();
  await expect(launch.counts).toContainText('2 do not');
  await page.locator('label', { hasText: 'Skip 2 bad rows' }).click();

  await page.getByRole('button', { name: 'Try 5 rows' }).click();
  const trial = page.getByRole('region', { name: 'Results of the dry run' });
  await expect(trial).toContainText('row 6');
  await expect(trial.getByText('completed')).toHaveCount(6);
  await expect(trial).toContainText('order of C-105; Ltd');

  await launch.name.fill('orders of march');
  await expect(launch.submit).toHaveText(/Launch 10 items/);
  await launch.submit.click();
  const batch = new BatchPage(page);
  const batchId = await batch.id();
  await batch.ends('completed');
  await expect(page.getByRole('link', { name: 'C-109; Ltd' })).toBeVisible();
  expect(await api.batch(batchId)).toMatchObject({ name: 'orders of march', total: 10, completed: 10 });
  const results = await page.request.get(`/api/batches/${batchId}/results?format=jsonl`);
  const lines = (await results.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map((line) => line.result.payload)).toEqual(
    [0, 1, 2, 4, 5, 6, 7, 9, 10, 11].map((i) => `order of C-${100 + i}; Ltd`),
  );
});

test('a bad cell is corrected in place with the keyboard', async ({ page, api }) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.bring({ name: 'two.csv', content: 'durationMs,payload\n1,a\nlater,b\n' });
  await page.getByRole('button', { name: 'Check every row' }).click();
  await expect(launch.counts).toContainText('1 does not');
  await page.getByLabel('durationMs of row 2').fill('2');
  await page.keyboard.press('Enter');
  await expect(launch.counts).toContainText('2 valid');
  await launch.submit.click();
  expect(await api.batch(await new BatchPage(page).id())).toMatchObject({ total: 2 });
});
