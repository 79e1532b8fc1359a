import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as notifications from './stories/notifications.stories';

test('a webhook is added with its address, and its secret is shown once', async () => {
  const { user, settle, server } = await renderStory(notifications.InUse);
  await user.click(screen.getByRole('button', { name: 'Add channel' }));
  const dialog = screen.getByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Add channel' }));
  expect(within(dialog).getAllByRole('alert').length).toBeGreaterThan(0);
  await user.type(within(dialog).getByLabelText('Name'), 'Our receiver');
  await user.type(within(dialog).getByLabelText('Address'), 'https://hooks.example.org/batchyard');
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Add channel' }));
  await settle();
  expect(screen.getByLabelText<HTMLInputElement>('Secret').value).toMatch(/^whsec_/);
  expect(server.requests).toContain('POST /channels');
});

test('a test that arrived says so', async () => {
  const { user, settle } = await renderStory(notifications.InUse);
  await user.click(screen.getByRole('button', { name: 'Send a test to Our receiver' }));
  await settle();
  expect(screen.getByText(/The test message to Our receiver arrived/)).toBeTruthy();
});

test('a test that failed says what happens next', async () => {
  const { user, settle } = await renderStory(notifications.TestFails);
  await user.click(screen.getByRole('button', { name: 'Send a test to Our receiver' }));
  await settle();
  expect(screen.getByText(/It is tried again/)).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('a message opens with its tries and answer, and is sent again', async () => {
  const { user, settle, server } = await renderStory(notifications.InUse);
  await user.click(screen.getAllByRole('button', { name: /embed-handbook ended with failures/ })[2] as HTMLElement);
  const dialog = screen.getByRole('dialog');
  expect(dialog.textContent).toContain('was not resolved in time');
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Send again' }));
  await settle();
  expect(server.requests).toContain('POST /deliveries/d3/redeliver');
});

test('a rule needs an event and a channel', async () => {
  const { user } = await renderStory(notifications.InUse);
  await user.click(screen.getByRole('button', { name: 'Add rule' }));
  const dialog = screen.getByRole('dialog');
  for (const name of [/all items of a batch failed/, /some items of a batch failed/, 'Our receiver'])
    await user.click(within(dialog).getByRole('checkbox', { name }));
  await user.type(within(dialog).getByLabelText('Name'), 'r');
  await user.click(within(dialog).getByRole('button', { name: 'Add rule' }));
  expect(dialog.textContent).toContain('Choose at least one event');
  expect(dialog.textContent).toContain('Choose at least one channel');
  expect(await violations()).toEqual([]);
});
