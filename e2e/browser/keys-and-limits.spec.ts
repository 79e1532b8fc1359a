import { SignInPage } from '@/e2e/pages/sign-in';
import { expect, test } from '@/e2e/support/test';
import { eventually } from '@/lib/testing/until';

// A fresh session: keys need a recent sign-in.
test.beforeEach(async ({ stranger, running }) => {
  await stranger.goto('/settings/keys');
  await new SignInPage(stranger).signIn(running.email, running.password);
  await expect(stranger.getByRole('heading', { name: 'API keys', level: 1 })).toBeVisible();
});

test('a key with some permissions is made, used, rotated with an overlap, and revoked', async ({
  stranger: page,
  api,
}) => {
  const name = `reader ${Date.now()}`;
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Rights').selectOption('Some permissions only');
  await dialog.getByLabel('see batches', { exact: true }).check();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const first = await dialog.getByLabel('Key', { exact: true }).inputValue();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  const row = page.getByRole('row', { name: new RegExp(name) });
  await row.getByText('1 permission', { exact: true }).click();
  await expect(row.getByText('see batches', { exact: true })).toBeVisible();

  const statusOf = async (key: string, method: 'GET' | 'POST', path: string) =>
    (await api.as(key).call(method, path, method === 'POST' ? {} : undefined)).status;
  expect(await statusOf(first, 'GET', '/api/batches')).toBe(200);
  expect(await statusOf(first, 'GET', '/api/jobs')).toBe(403);
  expect(await statusOf(first, 'POST', '/api/batches')).toBe(403);

  const rotate = async (overlap: string) => {
    await row.getByRole('button', { name: `Rotate ${name}` }).click();
    await dialog.getByLabel('The old value works').selectOption(overlap);
    await dialog.getByRole('button', { name: 'Rotate key' }).click();
    const value = await dialog.getByLabel('Key', { exact: true }).inputValue();
    await dialog.getByRole('button', { name: 'I have saved it' }).click();
    return value;
  };
  const second = await rotate('for one more hour');
  await expect(row).toContainText('The old value expires');
  expect([await statusOf(first, 'GET', '/api/batches'), await statusOf(second, 'GET', '/api/batches')]).toEqual([
    200, 200,
  ]);
  const third = await rotate('not at all: it leaked');
  expect([await statusOf(second, 'GET', '/api/batches'), await statusOf(third, 'GET', '/api/batches')]).toEqual([
    401, 200,
  ]);
  await row.getByRole('button', { name: `Revoke ${name}` }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke key' }).click();
  await expect(row).toBeHidden();
  await eventually(
    'the revoked key is refused',
    () => statusOf(third, 'GET', '/api/batches'),
    (status) => status === 401,
  );
});

test('limits show what is used, a system administrator changes one, and retention is chosen', async ({
  stranger: page,
  api,
}) => {
  const { body } = await api.launch({ name: 'counted', type: 'diagnostic', items: [{}, {}], start: 'manual' });
  await page.goto('/settings/limits');
  const item = page.getByRole('listitem').filter({ hasText: 'Stored jobs' });
  await expect(item).toContainText(/\d+ · no limit/);
  await page.getByRole('button', { name: 'Change limits' }).click();
  const dialog = page.getByRole('dialog', { name: 'Limits of this organization' });
  // High enough not to disturb other journeys.
  await dialog.getByLabel('Stored jobs').fill('5000000');
  await dialog.getByRole('button', { name: 'Set limits' }).click();
  await expect(dialog).toBeHidden();
  await expect(item.getByRole('meter', { name: 'Stored jobs' })).toHaveAttribute('aria-valuetext', /of 5,000,000$/);
  await page.getByRole('button', { name: 'Change limits' }).click();
  await dialog.getByLabel('Stored jobs').fill('');
  await dialog.getByRole('button', { name: 'Set limits' }).click();
  await expect(item).toContainText('no limit');

  await page.goto('/settings/retention');
  const unused = page.getByLabel('Days to keep files that nothing uses');
  await unused.fill('3');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The settings were saved', { exact: true })).toBeVisible();
  await page.reload();
  await expect(unused).toHaveValue('3');
  await unused.fill('');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('The settings were saved', { exact: true })).toBeVisible();
  await api.post(`/api/batches/${body.batchId}/cancel`, {});
});
