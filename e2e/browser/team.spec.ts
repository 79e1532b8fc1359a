import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import pg from 'pg';
import { BatchPage } from '@/e2e/pages/batch';
import { LaunchPage } from '@/e2e/pages/launch';
import { SignInPage } from '@/e2e/pages/sign-in';
import { newPerson } from '@/e2e/support/new-person';
import type { Product } from '@/e2e/support/products';
import { expect, test } from '@/e2e/support/test';
import { must } from '@/lib/contracts/must';

const PASSWORD = 'quiet harbor lantern';

/** A browser of somebody else. */
async function openBrowser(browser: Browser, { url }: Product): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, storageState: { cookies: [], origins: [] } });
  return context.newPage();
}

async function signIn(page: Page, email: string, password: string, next = '/'): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await new SignInPage(page).signIn(email, password);
  await expect(page).toHaveURL(new RegExp(`${next}$`));
}

/** Signs in as the administrator, creates an organization and works in it. */
async function foundOrganization(page: Page, { email, password }: Product, name: string): Promise<void> {
  await signIn(page, email, password, '/settings/organization');
  await page.getByRole('button', { name: 'New organization' }).click();
  const dialog = page.getByRole('dialog', { name: 'New organization' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create organization' }).click();
  await page.getByRole('button', { name: `Switch to ${name}` }).click();
  await expect(page).toHaveURL(/\/$/);
}

/** Invites somebody on the page of members and returns the link. */
async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.goto('/settings/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('E-mail').fill(email);
  await dialog.getByLabel('Role').selectOption(role);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  return link;
}

/** Opens the link of an invitation in a browser of its own, and joins. */
async function accept(browser: Browser, running: Product, link: string, name: string): Promise<Page> {
  const page = await openBrowser(browser, running);
  await page.goto(link);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: /^Join / }).click();
  await expect(page.getByRole('button', { name: `Account: ${name}` })).toBeVisible();
  return page;
}

test('the first five minutes of an administrator with a team of three', async ({
  stranger: page,
  browser,
  running,
  api,
  gate,
}) => {
  const now = Date.now();
  await foundOrganization(page, running, `Three ${now}`);
  const operator = await accept(
    browser,
    running,
    await invite(page, `olu-${now}@example.org`, 'Operator'),
    'Olu Adeyemi',
  );
  const viewer = await accept(browser, running, await invite(page, `vera-${now}@example.org`, 'Viewer'), 'Vera Lind');

  // The operator launches what runs until the gate opens, and the viewer watches it to its end.
  await viewer.goto('/batches');
  // The list says it too while it is empty.
  await expect(viewer.getByText('An operator can launch batches').first()).toBeVisible();
  const launch = new LaunchPage(operator);
  await launch.open();
  await launch.choose('HTTP calls');
  await launch.paste(JSON.stringify([gate.item]));
  await launch.name.fill('the first of the team');
  await launch.submit.click();
  const batchId = await new BatchPage(operator).id();
  await viewer.getByRole('link', { name: 'the first of the team' }).click();
  const watched = new BatchPage(viewer);
  expect(await watched.id()).toBe(batchId);
  await watched.shows({ active: 1 });
  await expect(watched.button(/^Cancel/)).toHaveCount(0);
  gate.open();
  await watched.ends('completed');

  // The administrator finds both in the audit log,
  await page.goto('/settings/audit');
  const entries = (action: string) =>
    page
      .getByRole('table', { name: 'Entries' })
      .getByRole('row')
      .filter({ has: page.getByTitle(action, { exact: true }) });
  await expect(entries('batch.launch').filter({ hasText: 'Olu Adeyemi' })).toHaveCount(1);
  await expect(entries('invitation.accept').filter({ hasText: 'Vera Lind' })).toHaveCount(1);
  await expect(entries('invitation.create')).toHaveCount(2);

  // makes a key that sees batches and nothing else,
  await page.goto('/settings/keys');
  await page.getByRole('button', { name: 'Create key' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('wallboard');
  await dialog.getByLabel('Rights').selectOption('Some permissions only');
  await dialog.getByLabel('see batches', { exact: true }).check();
  await dialog.getByRole('button', { name: 'Create key' }).click();
  const key = api.as(await dialog.getByLabel('Key', { exact: true }).inputValue());
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  expect(await key.batch(batchId)).toMatchObject({ status: 'completed', createdBy: 'Olu Adeyemi' });
  expect((await key.launch({ name: 'x', type: 'diagnostic', items: [{}] })).status).toBe(403);
  expect((await key.get('/api/jobs')).status).toBe(403);
  expect((await api.get(`/api/batches/${batchId}`)).status).toBe(404);

  // and looks at what is used of the limits.
  await page.goto('/settings/limits');
  await expect(page.getByRole('listitem').filter({ hasText: 'Stored jobs' })).toContainText('1 · no limit');
  for (const other of [operator, viewer]) await other.context().close();
});

test('a team: invited people join, an operator launches and cannot delete, a viewer only sees', async ({
  stranger: page,
  browser,
  running,
}) => {
  const name = `Team ${Date.now()}`;
  const email = `mika-${Date.now()}@example.org`;
  await foundOrganization(page, running, name);
  const link = await invite(page, email, 'Operator');
  await expect(page.getByRole('row', { name: new RegExp(email) })).toBeVisible();

  const mika = await openBrowser(browser, running);
  await mika.goto(link);
  await expect(mika.getByRole('heading', { name: `Join ${name}` })).toBeVisible();
  await mika.getByLabel('Your name').fill('Mika Sato');
  await mika.getByLabel('Password', { exact: true }).fill('sonyericsson');
  await mika.getByRole('button', { name: `Join ${name}` }).click();
  await expect(mika.getByText('became known most often')).toBeVisible();
  await mika.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await mika.getByRole('button', { name: `Join ${name}` }).click();
  await expect(mika.getByRole('button', { name: 'Account: Mika Sato' })).toBeVisible();

  const launch = new LaunchPage(mika);
  await launch.open();
  await launch.choose('Diagnostic');
  await launch.paste('[{}, {}]');
  await launch.name.fill('by an operator');
  await launch.submit.click();
  const batch = new BatchPage(mika);
  const batchId = await batch.id();
  await batch.ends('completed');
  await mika.goto('/settings/members');
  await expect(mika.getByText('Only an owner can invite people')).toBeVisible();
  await expect(mika.getByRole('button', { name: 'Invite' })).toBeHidden();
  const headers = { origin: running.url };
  const cleanUp = await mika.request.delete('/api/jobs/cleanup?olderThanDays=1', { headers });
  expect(cleanUp.status()).toBe(403);
  const key = await mika.request.post('/api/api-keys', { headers, data: { name: 'mine', role: 'operator' } });
  expect(key.status()).toBe(403);

  // The link works once.
  const late = await openBrowser(browser, running);
  await late.goto(link);
  await expect(late.getByText('was accepted already')).toBeVisible();
  await late.context().close();

  await page.reload();
  await page.getByLabel('Role of Mika Sato').selectOption('Viewer');
  const contents = page.getByLabel('Mika Sato sees the contents of jobs');
  await contents.click();
  // The choice is shown at once. The box can be used again when the server has accepted it.
  await expect(contents).not.toBeChecked();
  await expect(contents).toBeEnabled();
  const refused = await mika.request.post('/api/batches', {
    headers,
    data: { name: 'x', type: 'diagnostic', items: [{}] },
  });
  expect(refused.status()).toBe(403);
  const { jobs } = await (await mika.request.get(`/api/batches/${batchId}/jobs`)).json();
  expect(jobs).toHaveLength(2);
  expect(jobs[0]).not.toHaveProperty('dataPreview');

  await page.getByRole('button', { name: 'Remove Mika Sato' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByRole('alertdialog')).toBeHidden();
  await expect(page.getByRole('row', { name: /Mika Sato/ })).toBeHidden();
  expect((await mika.request.get('/api/batches')).status()).toBe(401);
  await mika.context().close();
});

test('two organizations in two tabs: the one that shows the other organization is covered, and can go back', async ({
  stranger: page,
  running,
}) => {
  const name = `Second ${Date.now()}`;
  await foundOrganization(page, running, name);
  const other = await page.context().newPage();
  await other.goto('/batches');
  await expect(other.getByRole('heading', { name: 'Batches' })).toBeVisible();
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitemradio', { name: 'My organization' }).click();
  await expect(page).toHaveURL(/\/$/);

  // Nothing was done there: its event stream ended, and the next one is refused.
  const notice = other.getByRole('alertdialog');
  await expect(notice).toContainText(`This page still shows ${name}`);
  await notice.getByRole('button', { name: `Back to ${name}` }).click();
  await expect(other.getByRole('alertdialog')).toBeHidden();
  await other.getByRole('button', { name: /^Account/ }).click();
  await expect(other.getByRole('menuitemradio', { name })).toHaveAttribute('aria-checked', 'true');
  await expect(page.getByRole('alertdialog')).toContainText('This page still shows My organization');
});

test('a forgotten password is reset by a link from the machine, and a stale session asks for it before a change', async ({
  stranger: page,
  browser,
  running,
  api,
}) => {
  const { email, password } = await newPerson(api, 'owner');
  const mika = await openBrowser(browser, running);
  await signIn(mika, email, password);

  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByText('npm run admin -- reset-password')).toBeVisible();
  const printed = execFileSync('node', ['scripts/admin.mjs', 'reset-password', email], {
    encoding: 'utf8',
    env: {
      ...process.env,
      DATA_DIR: mkdtempSync(join(tmpdir(), 'batchyard-admin-')),
      DATABASE_URL: running.databaseUrl,
      PUBLIC_URL: running.url,
    },
  });
  const link = must(/http\S+/.exec(printed), 'The link that was printed')[0];
  await page.goto(link);
  await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('The password was set')).toBeVisible();
  expect((await mika.request.get('/api/viewer')).status()).toBe(401);
  await mika.context().close();

  await signIn(page, email, PASSWORD, '/settings/security');
  await expect(page.getByRole('row', { name: /This browser/ })).toContainText('Chrome on Linux');
  await page.goto(link);
  await page.getByLabel('New password', { exact: true }).fill('seven green bottles');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('This link was used already')).toBeVisible();

  // The password counts for ten minutes; these have passed.
  const client = new pg.Client(running.databaseUrl);
  await client.connect();
  await client.query(
    `update session set authenticated_at = now() - interval '11 minutes'
     where user_id = (select id from "user" where email = $1)`,
    [email],
  );
  await client.end();
  await page.goto('/settings/members');
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite a person' });
  await dialog.getByLabel('E-mail').fill(`late-${email}`);
  await dialog.getByRole('button', { name: 'Invite' }).click();
  const prompt = page.getByRole('dialog', { name: 'Confirm your password' });
  await prompt.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await prompt.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByLabel('Link', { exact: true })).toHaveValue(/\/invite\//);
});
