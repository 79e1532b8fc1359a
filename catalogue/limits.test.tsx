import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as limits from './stories/limits.stories';

test('a key with some permissions is created and shown once', async () => {
  const { user, settle, server } = await renderStory(limits.KeysList);
  await user.click(screen.getByRole('button', { name: 'Create key' }));
  const dialog = within(screen.getByRole('dialog'));
  await user.selectOptions(dialog.getByLabelText('Rights'), 'Some permissions only');
  await user.click(dialog.getByRole('button', { name: 'Create key' }));
  expect(dialog.getAllByRole('alert').map((alert) => alert.textContent)).toEqual([
    'Give it a name of up to 100 characters',
    'Choose at least one permission',
  ]);
  expect(await violations()).toEqual([]);
  await user.type(dialog.getByLabelText('Name'), 'reader');
  await user.click(dialog.getByLabelText('see batches'));
  await user.click(dialog.getByRole('button', { name: 'Create key' }));
  await settle();
  expect(server.requests).toContain('POST /api-keys');
  expect(screen.getByLabelText<HTMLInputElement>('Key').value).toContain('by_0123456789');
  expect(screen.getByText(/not shown again/)).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('a key is rotated with an overlap, and revoking it asks for confirmation', async () => {
  const { user, settle, server } = await renderStory(limits.KeysList);
  await user.click(screen.getByRole('button', { name: 'Rotate nightly import' }));
  await user.selectOptions(screen.getByLabelText('The old value works'), 'not at all: it leaked');
  await user.click(screen.getByRole('button', { name: 'Rotate key' }));
  await settle();
  expect(server.requests).toContain('POST /api-keys/k1/rotate');
  expect(screen.getByText('The old value is refused from now on.')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'I have saved it' }));
  await user.click(screen.getByRole('button', { name: 'Revoke nightly import' }));
  expect(screen.getByRole('alertdialog', { name: 'Revoke nightly import?' })).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('what is used is shown beside what is allowed, as words and as a meter', async () => {
  await renderStory(limits.LimitsForSystemAdmin);
  const meter = screen.getByRole('meter', { name: 'Stored jobs' });
  expect(meter.getAttribute('aria-valuetext')).toBe('932,411 of 1,000,000');
  expect(screen.queryByRole('meter', { name: 'Requests per minute' })).toBeNull();
  await renderStory(limits.LimitsForMember);
  expect(screen.getAllByText('Only a system administrator can change limits.')).toHaveLength(1);
});

test('a system administrator changes limits; an empty field removes one, and a wrong one is named', async () => {
  const { user, settle, server } = await renderStory(limits.LimitsForSystemAdmin);
  await user.click(screen.getByRole('button', { name: 'Change limits' }));
  const dialog = within(screen.getByRole('dialog'));
  const running = dialog.getByLabelText('Running batches');
  await user.clear(running);
  await user.type(running, '1.5');
  await user.click(dialog.getByRole('button', { name: 'Set limits' }));
  expect(dialog.getByRole('alert').textContent).toBe('Enter a whole number, 0 or more');
  expect(await violations()).toEqual([]);
  await user.clear(running);
  await user.click(dialog.getByRole('button', { name: 'Set limits' }));
  await settle();
  expect(server.requests).toContain('PUT /limits');
  expect(screen.queryByRole('dialog')).toBeNull();
});

test('an administrator chooses a retention and job types', async () => {
  const { user, settle, server } = await renderStory(limits.RetentionForAdmin);
  const kept = screen.getByLabelText(/finished batches/);
  await user.clear(kept);
  await user.type(kept, '99999');
  await user.click(screen.getByRole('button', { name: 'Save changes' }));
  expect((await screen.findByRole('alert')).textContent).toBe('Enter 0 to 3650 days');
  await user.clear(kept);
  await user.click(screen.getByLabelText('All, also those that are added later'));
  await user.click(screen.getByRole('button', { name: 'Save changes' }));
  await waitFor(() => expect(server.requests).toContain('PATCH /settings'));
  await settle();
  expect(await violations()).toEqual([]);
});
