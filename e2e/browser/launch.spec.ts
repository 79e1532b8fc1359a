import { BatchPage } from '@/e2e/pages/batch';
import { LaunchPage } from '@/e2e/pages/launch';
import { expect, test } from '@/e2e/support/test';

const documents = [
  {
    name: 'lamps.md',
    type: 'text/markdown',
    content: '# Lamps\n\nThe keeper trims the wick of the harbour lamp at dusk.',
  },
  { name: 'tides.txt', type: 'text/plain', content: 'Spring tides follow the new moon and the full moon.' },
  { name: 'page.html', type: 'text/html', content: '<h1>Ropes</h1><p>A bowline does not slip under load.</p>' },
  { name: 'empty.txt', type: 'text/plain', content: '' },
];

test('dropped files are launched, followed to the end without a reload, and found by search @both', async ({
  page,
  api,
}) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Document processing');
  await launch.drop(documents);
  await expect(page.getByText('4 files')).toBeVisible();
  await launch.name.fill('harbour papers');
  await expect(launch.submit).toHaveText(/Launch 4 items/);
  await expect(launch.submit).not.toHaveAttribute('aria-disabled', 'true');
  await launch.submit.click();

  const batch = new BatchPage(page);
  const batchId = await batch.id();
  let loads = 0;
  page.on('load', () => {
    loads += 1;
  });
  await batch.ends('partial');
  await batch.shows({ completed: 3, failed: 1, active: 0, pending: 0 });
  expect(loads).toBe(0);
  expect(await api.batch(batchId)).toMatchObject({ completed: 3, failed: 1, total: 4, progress: 100 });

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search/ }).fill('who trims the wick of the lamp');
  await expect(page.getByRole('option', { name: /wick/ }).first()).toBeVisible();
});

test('a sample of each kind of work is launched with one click, and succeeds', async ({ page }) => {
  test.slow();
  const launch = new LaunchPage(page);
  const batch = new BatchPage(page);
  for (const [type, items] of [
    ['document-processing', 3],
    ['diagnostic', 24],
    ['workflow-execution', 1],
    ['data-conversion', 1],
    ['model-training', 1],
  ] as const) {
    await page.goto(`/batches/new?type=${type}&sample`);
    await expect(launch.submit).toHaveText(new RegExp(`Launch ${items} items?$`));
    await expect(launch.submit).not.toHaveAttribute('aria-disabled', 'true');
    await launch.submit.click();
    await batch.id();
    await batch.ends('completed');
  }
});

test('wrong rows are named before the launch', async ({ page, api }) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{ "durationMs": 1 }, { "durationMs": "long" }]');
  await launch.name.fill('wrong rows');
  await expect(page.getByText(/durationMs/).first()).toBeVisible();
  if (!(await launch.submit.getAttribute('aria-disabled'))) await launch.submit.click();
  await expect(page.getByText(/row 2/i).first()).toBeVisible();
  const { body } = await api.get<{ batches: unknown[] }>('/api/batches?q=wrong+rows');
  expect(body.batches).toEqual([]);
});

test('each job type has its own draft, and files of one are not launched with another', async ({ page }) => {
  const launch = new LaunchPage(page);
  await page.goto('/batches/new?type=document-processing');
  await launch.drop([{ name: 'lamps.md', type: 'text/markdown', content: '# Lamps' }]);
  await expect(launch.submit).toHaveText(/Launch 1 item/);
  // Until then the file is being uploaded, and leaving the page would end that.
  await expect(launch.submit).not.toHaveAttribute('aria-disabled', 'true');
  await launch.choose('Data conversion');
  await launch.drop([{ name: 'contacts.csv', type: 'text/csv', content: 'a,b\n1,2\n' }]);
  await expect(page.getByText('contacts.csv').first()).toBeVisible();
  await expect(page.getByText('lamps.md')).toHaveCount(0);
  await page.goto('/batches/new?type=document-processing');
  await expect(page.getByText('lamps.md').first()).toBeVisible();
  await expect(page.getByText('contacts.csv')).toHaveCount(0);
  await page.getByRole('button', { name: 'Start over' }).click();
});

test('a draft survives a reload', async ({ page }) => {
  const launch = new LaunchPage(page);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{ "payload": "kept" }]');
  await launch.name.fill('kept over a reload');
  await page.reload();
  await expect(launch.name).toHaveValue('kept over a reload');
  await expect(launch.items).toHaveValue('[{ "payload": "kept" }]');
});
