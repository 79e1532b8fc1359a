import { SignInPage } from '@/e2e/pages/sign-in';
import { expect, test } from '@/e2e/support/test';

test('a sign-in with a wrong password is refused with a reason, and the right one opens the requested page', async ({
  stranger,
  running,
}) => {
  await stranger.goto('/batches');
  await expect(stranger).toHaveURL(/\/sign-in/);
  const form = new SignInPage(stranger);
  await form.signIn(running.email, 'not-the-password');
  await expect(form.form.getByRole('alert')).toBeVisible();
  await expect(form.password).toBeFocused();
  await expect(stranger).toHaveURL(/\/sign-in/);

  await form.signIn(running.email, running.password);
  await expect(stranger).toHaveURL(/\/batches$/);
  await expect(stranger.getByRole('heading', { name: 'Batches' })).toBeVisible();
});

test('signing out ends the session', async ({ stranger, running }) => {
  await stranger.goto('/sign-in');
  await new SignInPage(stranger).signIn(running.email, running.password);
  await stranger.getByRole('button', { name: /^Account/ }).click();
  await stranger.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(stranger).toHaveURL(/\/sign-in/);
  expect((await stranger.request.get('/api/batches')).status()).toBe(401);
});

test('a sign-in never redirects to another site', async ({ stranger, running }) => {
  await stranger.goto('/sign-in?next=https%3A%2F%2Fexample.org%2F');
  await new SignInPage(stranger).signIn(running.email, running.password);
  await expect(stranger).toHaveURL(`${running.url}/`);
});
