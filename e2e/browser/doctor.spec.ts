import pg from 'pg';
import { BatchPage } from '@/e2e/pages/batch';
import { expect, test } from '@/e2e/support/test';

test('a batch that was never finished is found, examined and repaired from its page', async ({
  page,
  api,
  running,
}) => {
  expect(running.databaseUrl, 'the address of the database, to break what the product never breaks').toBeTruthy();
  const { body } = await api.launch({ name: 'left behind', type: 'diagnostic', items: [{}, {}, {}] });
  await api.finished(body.batchId);
  const database = new pg.Client(running.databaseUrl);
  await database.connect();
  await database.query(
    `update batch set status = 'in-progress', finished_at = null, completed = 2, rate_at = null,
       started_at = now() - interval '5 minutes' where id = $1`,
    [body.batchId],
  );
  await database.end();

  await page.goto('/');
  const listed = page.getByRole('link', { name: 'left behind looks stuck' }).first();
  await expect(page.getByRole('heading', { name: 'Needs you' })).toBeVisible();
  await listed.click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('The counters are wrong')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  await expect(page.getByText('This batch looks stuck')).toBeVisible();

  await page.getByRole('main').getByRole('button', { name: 'Examine batch' }).click();
  await dialog.getByRole('button', { name: 'Repair batch' }).click();
  await expect(dialog.getByText('The counters were corrected.')).toBeVisible();
  await expect(dialog.getByText('Nothing is wrong with this batch.')).toBeVisible();
  await page.keyboard.press('Escape');
  const batch = new BatchPage(page);
  await batch.ends('completed');
  await expect(page.getByText('This batch looks stuck')).toBeHidden();
});
