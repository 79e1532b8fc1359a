import { readFile } from 'node:fs/promises';
import { BatchPage } from '@/e2e/pages/batch';
import { SignInPage } from '@/e2e/pages/sign-in';
import { expect, test } from '@/e2e/support/test';

test('who launched and cancelled a batch is on its page and in the audit log, and can be downloaded', async ({
  page,
  api,
}) => {
  const batch = new BatchPage(page);
  const name = `audited-${Date.now()}`;
  const { body } = await api.launch({ name, type: 'diagnostic', items: [{ durationMs: 60_000 }] });
  await batch.open(body.batchId);
  const activity = page.getByRole('list', { name: 'Activity, newest first' });
  await expect(activity.getByRole('listitem')).toHaveCount(1);
  await expect(activity).toContainText('launched');

  const dialog = await batch.cancel('Force cancel');
  await dialog.getByRole('button', { name: /^Force cancel/ }).click();
  await expect(activity.getByRole('listitem').first()).toContainText(/cancelled · by force/);
  await expect(activity.getByRole('listitem').last()).toContainText('launched');

  await page.goto(`/settings/audit?target=${body.batchId}`);
  const rows = page.getByRole('table', { name: 'Entries' }).getByRole('row');
  await expect(rows).toHaveCount(3);
  await expect(rows.nth(1)).toContainText('cancelled');
  await expect(rows.nth(1)).toContainText('127.0.0.1');
  await expect(rows.nth(2)).toContainText('API key');

  await page.getByRole('button', { name: new RegExp(`cancelled ${name}`) }).click();
  const detail = page.getByRole('dialog', { name: new RegExp(`cancelled ${name}`) });
  await expect(detail).toContainText('batch.cancel');
  await expect(detail.getByRole('row', { name: /mode/ })).toContainText('force');
  await expect(detail.getByRole('link', { name: new RegExp(body.batchId) })).toHaveAttribute(
    'href',
    `/batches/${body.batchId}`,
  );
  await page.keyboard.press('Escape');
  await expect(detail).toBeHidden();

  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trim().split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(`batch.cancel,${name},batch,${body.batchId}`);
});

test('a failed sign-in is in the audit log, the filters are in the address, and what does not match says so', async ({
  page,
  stranger,
  running,
}) => {
  const form = new SignInPage(stranger);
  await stranger.goto('/sign-in');
  await form.email.fill(running.email);
  await form.password.fill('not-the-password-0451');
  await form.submit.click();
  await expect(form.form.getByRole('alert')).toBeVisible();

  await page.goto('/settings/audit');
  const table = page.getByRole('table', { name: 'Entries' });
  await page.getByLabel('What').selectOption({ label: 'Sign-ins' });
  await expect(page).toHaveURL(/what=session/);
  await expect(table.getByRole('row').filter({ hasText: 'failed to sign in' }).first()).toBeVisible();
  await expect(table.getByRole('row').filter({ hasText: 'batch' })).toHaveCount(0);
  expect(await page.content()).not.toContain('not-the-password-0451');

  await page.getByLabel('To', { exact: true }).fill('2001-01-01');
  await expect(page.getByText('No entries match these filters')).toBeVisible();
  await page.getByRole('button', { name: 'Show all entries' }).click();
  await expect(page).toHaveURL(/\/settings\/audit$/);
  await expect(table.getByRole('row').nth(1)).toBeVisible();
});
