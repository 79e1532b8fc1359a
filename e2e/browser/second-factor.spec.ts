import type { Browser, Page } from '@playwright/test';
import { SignInPage } from '@/e2e/pages/sign-in';
import type { Product } from '@/e2e/support/products';
import { setUpApp } from '@/e2e/support/set-up-app';
import { expect, test } from '@/e2e/support/test';
import { must } from '@/lib/contracts/must';

const PASSWORD = 'quiet harbor lantern';
const RULE = 'Members need a second factor';

interface Founded {
  name: string;
  /** their addresses; both have PASSWORD */
  owner: string;
  operator: string;
}

/** Founds an organization with an owner and an operator of its own: the rule would stop every other journey. */
async function found(page: Page, { email, password, url }: Product): Promise<Founded> {
  const call = async <T>(path: string, data: object): Promise<T> => {
    const response = await page.request.post(path, { data, headers: { origin: url } });
    expect(response.ok(), `${path} answered ${response.status()}`).toBe(true);
    return response.json() as Promise<T>;
  };
  await call('/api/auth/sign-in/email', { email, password });
  const stamp = Date.now();
  const name = `Careful ${stamp}`;
  const { organization } = await call<{ organization: { id: string } }>('/api/organizations', { name });
  await call(`/api/organizations/${organization.id}/switch`, {});
  const join = async (role: string, person: string): Promise<string> => {
    const address = `${role}-${stamp}@example.org`;
    const { invitation } = await call<{ invitation: { id: string; url: string } }>('/api/invitations', {
      email: address,
      role,
    });
    const token = must(new URL(invitation.url).searchParams.get('token'), 'The token of the invitation');
    await call(`/api/invitations/${invitation.id}/accept`, { token, name: person, password: PASSWORD });
    return address;
  };
  return { name, owner: await join('owner', 'Lena Vogt'), operator: await join('operator', 'Mika Sato') };
}

/** A browser in which somebody signs in. */
async function openAs(browser: Browser, { url }: Product, email: string, next: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await new SignInPage(page).signIn(email, PASSWORD);
  await expect(page).toHaveURL(new RegExp(`${next}$`));
  return page;
}

/** Clicks the rule and waits for the answer. @returns its status */
async function choose(page: Page): Promise<number> {
  const answer = page.waitForResponse(
    (response) => response.request().method() === 'PATCH' && /\/api\/organizations\//.test(response.url()),
  );
  await page.getByLabel(RULE).click();
  return (await answer).status();
}

test('an organization asks for a second factor: members who have none can only set one up', async ({
  stranger: page,
  browser,
  running,
}) => {
  const { name, owner, operator } = await found(page, running);
  const mika = await openAs(browser, running, operator, '/batches');

  // An owner without one would be kept out too.
  const lena = await openAs(browser, running, owner, '/settings/organization');
  expect(await choose(lena)).toBe(403);
  await expect(lena.getByRole('region', { name: /Notifications/ })).toContainText('of your own first');
  await lena.goto('/settings/security');
  await setUpApp(lena, PASSWORD);
  await lena.goto('/settings/organization');
  expect(await choose(lena)).toBe(200);
  await lena.reload();
  await expect(lena.getByLabel(RULE)).toBeChecked();
  await lena.goto('/settings/members');
  await expect(lena.getByRole('row', { name: new RegExp(operator) })).toContainText('No second factor');
  await expect(lena.getByRole('row', { name: new RegExp(owner) })).not.toContainText('No second factor');

  // The open page of a member ends at the form, without a click.
  await expect(mika).toHaveURL(/\/second-factor\?next=%2Fbatches$/, { timeout: 60_000 });
  await expect(mika.getByRole('heading', { name: `${name} needs a second factor` })).toBeVisible();
  const refused = await mika.request.get('/api/batches');
  expect(refused.status()).toBe(403);
  expect(await refused.json()).toMatchObject({ code: 'second-factor-required' });
  await mika.goto('/settings/security');
  await expect(mika).toHaveURL(/\/second-factor\?next=%2Fsettings%2Fsecurity$/);
  await setUpApp(mika, PASSWORD);
  await expect(mika).toHaveURL(/\/settings\/security$/);
  await expect(mika.getByText('10 of 10 recovery codes left')).toBeVisible();
  expect((await mika.request.get('/api/batches')).status()).toBe(200);

  await lena.reload();
  await expect(lena.getByRole('row', { name: new RegExp(operator) })).not.toContainText('No second factor');
  for (const one of [mika, lena]) await one.context().close();
});
