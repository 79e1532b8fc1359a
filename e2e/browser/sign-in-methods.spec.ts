import type { Page } from '@playwright/test';
import { SignInPage } from '@/e2e/pages/sign-in';
import { newPerson } from '@/e2e/support/new-person';
import type { Product } from '@/e2e/support/products';
import { setUpApp } from '@/e2e/support/set-up-app';
import { expect, test } from '@/e2e/support/test';
import { must } from '@/lib/contracts/must';
import { totpOf } from '@/lib/testing/totp';

/** Passkeys belong to a host name, so these journeys go to the product under its public address, and not to its IP address. */
const at = ({ url }: Product, path: string): string => `http://localhost:${new URL(url).port}${path}`;

/** Opens the menu. A page that a sign-in just led to may not listen to a click yet. */
async function openAccount(page: Page): Promise<void> {
  const menu = page.getByRole('menu');
  await expect(async () => {
    // An open menu hides the button from those who look for its role.
    if (await menu.isHidden()) await page.getByRole('button', { name: /^Account/ }).click({ timeout: 15_000 });
    await expect(menu).toBeVisible({ timeout: 15_000 });
  }).toPass({ timeout: 300_000 });
}

async function signOut(page: Page): Promise<void> {
  await openAccount(page);
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
}

test('an authenticator app: set up with a QR code, asked for after the password, replaced by a recovery code', async ({
  stranger: page,
  running,
  api,
}) => {
  const { email, password } = await newPerson(api);
  await page.goto(at(running, '/sign-in?next=%2Fsettings%2Fsecurity'));
  await new SignInPage(page).signIn(email, password);
  const { uri, recoveryCodes } = await setUpApp(page, password);
  const recoveryCode = must(recoveryCodes[0], 'A recovery code');
  await expect(page.getByText('10 of 10 recovery codes left')).toBeVisible();

  await signOut(page);
  await new SignInPage(page).signIn(email, password);
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('This code is wrong');
  await page.getByLabel('Code', { exact: true }).fill(totpOf(uri, 1));
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('button', { name: /^Account/ })).toBeVisible();

  await signOut(page);
  await page.goto(at(running, '/sign-in?next=%2Fsettings%2Fsecurity'));
  await new SignInPage(page).signIn(email, password);
  await page.getByLabel('Code', { exact: true }).fill(recoveryCode);
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('9 of 10 recovery codes left')).toBeVisible();
});

test('a passkey: added under a name, signs in without password and code, and is removed', async ({
  stranger: page,
  running,
  api,
}) => {
  const devices = await page.context().newCDPSession(page);
  await devices.send('WebAuthn.enable');
  await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const { email, password } = await newPerson(api);
  await page.goto(at(running, '/sign-in?next=%2Fsettings%2Fsecurity'));
  await new SignInPage(page).signIn(email, password);
  await page.getByRole('button', { name: 'Add passkey' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('list', { name: 'Passkeys' })).toContainText('Laptop');

  await signOut(page);
  await page.goto(at(running, '/sign-in?next=%2Fsettings%2Fsecurity'));
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: 'Remove Laptop' }).click();
  await page.getByRole('button', { name: 'Remove passkey' }).click();
  await expect(page.getByText('No passkeys yet')).toBeVisible();

  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('not known here');
});

test('single sign-on: the provider says who somebody is, and the groups there what they may', async ({
  stranger: page,
  running,
}) => {
  await page.goto(at(running, '/sign-in?next=%2Fbatches'));
  await page.getByRole('button', { name: 'Sign in with Company' }).click();
  await page.getByRole('link', { name: 'ben' }).click();
  await expect(page).toHaveURL(at(running, '/batches'));
  await openAccount(page);
  await expect(page.getByRole('menu')).toContainText('Ben Okafor');
  await expect(page.getByRole('menu')).toContainText('Operator of');
});

test('single sign-on: who is in none of the groups is told so, and is not signed in', async ({
  stranger: page,
  running,
}) => {
  await page.goto(at(running, '/sign-in'));
  await page.getByRole('button', { name: 'Sign in with Company' }).click();
  await page.getByRole('link', { name: 'eve' }).click();
  await expect(page.getByRole('main').getByRole('alert')).toContainText('None of your groups is admitted here');
  expect((await page.request.get(at(running, '/api/batches'))).status()).toBe(401);
});
