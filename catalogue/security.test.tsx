import { screen } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { renderStory } from './render-story';
import { problem } from './server';
import * as security from './stories/security.stories';
import * as shell from './stories/shell.stories';

const URI = 'otpauth://totp/Batchyard:ana@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Batchyard';

test('an authenticator app is set up with password and code, and its recovery codes are shown once', async () => {
  const { user, server, settle } = await renderStory({
    ...security.AppOff,
    routes: {
      'POST /auth/two-factor/enable': { method: 'totp', totpURI: URI, backupCodes: ['aaaaa-bbbbb', 'ccccc-ddddd'] },
      'POST /auth/two-factor/verify-totp': {},
    },
  });
  await user.click(screen.getByRole('button', { name: 'Set up' }));
  await user.type(await screen.findByLabelText('Your password'), 'correct-horse-battery{Enter}');
  await settle();
  expect(await screen.findByRole('img', { name: /^QR code/ })).toBeTruthy();
  expect(screen.getByText('JBSW Y3DP EHPK 3PXP')).toBeTruthy();
  await user.type(screen.getByLabelText('Code'), '123 456{Enter}');
  await settle();
  expect(await screen.findByText('aaaaa-bbbbb')).toBeTruthy();
  expect(server.bodies).toContainEqual({ code: '123456' });
  await user.click(screen.getByRole('button', { name: 'I have saved them' }));
  expect(screen.queryByText('aaaaa-bbbbb')).toBeNull();
});

test('a wrong code in the setup is said beside its field, and the session goes on', async () => {
  const leave = vi.spyOn(globalThis.location, 'assign');
  const { user, settle } = await renderStory({
    ...security.AppOff,
    routes: {
      'POST /auth/two-factor/enable': { method: 'totp', totpURI: URI, backupCodes: [] },
      'POST /auth/two-factor/verify-totp': problem(401, 'unauthenticated', 'Invalid code'),
    },
  });
  await user.click(screen.getByRole('button', { name: 'Set up' }));
  await user.type(await screen.findByLabelText('Your password'), 'correct-horse-battery{Enter}');
  await settle();
  await user.type(screen.getByLabelText('Code'), '000000{Enter}');
  await settle();
  expect(screen.getByRole('alert').textContent).toContain('This code is wrong');
  expect(screen.getByLabelText<HTMLInputElement>('Code').value).toBe('000000');
  expect(document.activeElement).toBe(screen.getByLabelText('Code'));
  expect(leave).not.toHaveBeenCalled();
});

test('a wrong password when turning the app off is said beside the field', async () => {
  const { user, settle } = await renderStory({
    ...security.AppOn,
    routes: { 'POST /auth/two-factor/disable': problem(400, 'invalid-request', 'Invalid password') },
  });
  await user.click(screen.getByRole('button', { name: 'Turn off' }));
  await user.type(await screen.findByLabelText('Your password'), 'wrong{Enter}');
  await settle();
  expect(screen.getByRole('alert').textContent).toBe('Invalid password');
});

test('removing a passkey asks for confirmation', async () => {
  const { user, server, settle } = await renderStory({
    ...security.PasskeysList,
    routes: { 'POST /auth/passkey/delete-passkey': { status: true } },
  });
  await user.click(screen.getByRole('button', { name: 'Remove Laptop' }));
  await user.click(await screen.findByRole('button', { name: 'Remove passkey' }));
  await settle();
  expect(server.bodies).toContainEqual({ id: 'p1' });
});

test('where passkeys cannot work, the button says why', async () => {
  await renderStory(security.PasskeysUnavailable);
  expect(screen.getByRole('button', { name: 'Add passkey' }).getAttribute('aria-disabled')).toBe('true');
  expect(document.body.textContent).toContain('host name only');
});

test('a sign-in with a second factor asks for a code, and says when it is wrong', async () => {
  const { user, settle } = await renderStory({
    ...shell.SignIn,
    routes: {
      'POST /auth/sign-in/email': { twoFactorRedirect: true },
      'POST /auth/two-factor/verify-backup-code': problem(401, 'unauthenticated', 'Invalid code'),
    },
  });
  await user.type(screen.getByLabelText('E-mail'), 'ana@example.org');
  await user.type(screen.getByLabelText('Password'), 'correct-horse-battery{Enter}');
  await settle();
  await user.type(screen.getByLabelText('Code'), 'aaaaa-bbbbb{Enter}');
  await settle();
  expect(screen.getByRole('alert').textContent).toContain('This code is wrong');
  expect(document.activeElement).toBe(screen.getByLabelText('Code'));
});

test('a sign-in that a provider refused says why, and unknown reasons from the address are not repeated', async () => {
  await renderStory(shell.SignInWithEverything);
  expect(screen.getByRole('alert').textContent).toContain('None of your groups');
  expect(screen.getByRole('button', { name: 'Sign in with Example' })).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Sign in with a passkey' })).toBeTruthy();
});

test('who needs a second factor is told what to do, and can work elsewhere or leave', async () => {
  const { user, server, settle } = await renderStory({
    ...security.SecondFactorNeeded,
    routes: { 'POST /organizations/o2/switch': problem(503, 'unavailable', 'Not just now.') },
  });
  expect(screen.getByText(/^Set up an authenticator app or add a passkey/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Sign out' })).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Work in Research' }));
  await settle();
  expect(server.bodies).toContainEqual({});
  expect(screen.getByText('Not just now.')).toBeTruthy();
});

test('who has a second factor and did not use it learns to sign in with it', async () => {
  await renderStory(security.SecondFactorNotUsed);
  expect(screen.getByText(/^You signed in without your second factor.* with your passkey\.$/)).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^(Set up|Add a passkey)/ })).toBeNull();
  expect(screen.getByRole('button', { name: 'Sign out' })).toBeTruthy();
});
