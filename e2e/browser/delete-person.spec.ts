import type { Browser, Page } from '@playwright/test';
import { SignInPage } from '@/e2e/pages/sign-in';
import { newPerson } from '@/e2e/support/new-person';
import type { Product } from '@/e2e/support/products';
import { expect, test } from '@/e2e/support/test';
import type { AuditList } from '@/lib/contracts/audit';
import type { BatchDto } from '@/lib/contracts/batch';
import { DELETED_PERSON } from '@/lib/contracts/person';
import { eventually } from '@/lib/testing/until';

/** A browser of somebody else, who is signed in. */
async function signedIn(browser: Browser, { url }: Product, email: string, password: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto('/sign-in?next=%2Fsettings%2Fprofile');
  await new SignInPage(page).signIn(email, password);
  await expect(page).toHaveURL(/\/settings\/profile$/);
  return page;
}

test('a person deletes the own account: signed out at once, and unnamed in what they launched', async ({
  browser,
  running,
  api,
}) => {
  const { email, password } = await newPerson(api, 'operator');
  const page = await signedIn(browser, running, email, password);
  const launched = await page.request.post('/api/batches', {
    headers: { origin: running.url },
    data: { name: 'of somebody who leaves', type: 'diagnostic', items: [{}], start: 'queue' },
  });
  expect(launched.status()).toBe(201);
  const { batchId } = (await launched.json()) as { batchId: string };
  await api.finished(batchId);

  await page.getByRole('button', { name: 'Delete my account' }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete your account?' });
  await expect(dialog).toContainText('You are signed out everywhere at once.');
  await dialog.getByRole('button', { name: 'Delete my account' }).click();
  await expect(dialog.getByText('This is not the address of the account')).toBeVisible();
  await dialog.getByLabel(`Type ${email} to confirm`).fill(email);
  await dialog.getByRole('button', { name: 'Delete my account' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await new SignInPage(page).signIn(email, password);
  await expect(page.getByRole('alert').first()).toBeVisible();
  expect((await page.request.get('/api/viewer')).status()).toBe(401);
  await page.context().close();

  const { body } = await api.get<AuditList>('/api/audit?action=user.delete');
  const alias = body.entries[0]?.target.id ?? '';
  await eventually(
    'the person is unnamed',
    async () => (await api.get<AuditList>(`/api/audit?action=user.purge&target=${alias}`)).body.entries.length,
    (purged) => purged === 1,
  );
  const read = await api.get<{ batch: BatchDto }>(`/api/batches/${batchId}`);
  expect(read.body.batch.createdBy).toBe(DELETED_PERSON);
  const activity = await api.get<AuditList>(`/api/batches/${batchId}/activity`);
  expect(activity.body.entries.map(({ actor }) => actor)).toEqual([{ kind: 'user', id: alias, name: DELETED_PERSON }]);
});

test('a system administrator deletes the account of somebody who left, but not the own one as the only one', async ({
  page,
  browser,
  running,
  api,
}) => {
  const { email, password } = await newPerson(api, 'viewer');
  const theirs = await signedIn(browser, running, email, password);
  await expect(theirs.getByRole('link', { name: 'Accounts' })).toHaveCount(0);

  await page.goto('/settings/accounts');
  await page.getByRole('searchbox', { name: 'Search accounts' }).fill(email);
  const row = page.getByRole('row', { name: new RegExp(email) });
  await row.getByRole('button', { name: `Delete the account of Mika Sato, ${email}` }).click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete the account of Mika Sato?' });
  await dialog.getByLabel(`Type ${email} to confirm`).fill(email);
  await dialog.getByRole('button', { name: 'Delete account' }).click();
  await expect(page.getByText('The account of Mika Sato was deleted').first()).toBeVisible();
  await expect(row).toHaveCount(0);
  expect((await theirs.request.get('/api/viewer')).status()).toBe(401);
  await theirs.context().close();

  await page.goto('/settings/profile');
  await expect(page.getByText(/^You are the only/)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Delete my account' })).toHaveCount(0);
});
