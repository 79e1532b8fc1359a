import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { WatchBell } from '@/components/batch/watch-bell';
import { ToastProvider } from '@/components/ui/toast';
import { TooltipProvider } from '@/components/ui/tooltip';
import { BATCHES } from './fixtures';
import { renderStory, violations } from './render-story';
import * as notifications from './stories/notifications.stories';

test('a webhook is added with its address, and its secret is shown once', async () => {
  const { user, settle, server } = await renderStory(notifications.InUse);
  await user.click(screen.getByRole('button', { name: 'Add channel' }));
  const dialog = screen.getByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Add channel' }));
  expect(
    within(dialog)
      .getAllByRole('alert')
      .map(({ textContent }) => textContent),
  ).toEqual(['This must have at least 1 character', 'This must be an http or https address']);
  await user.type(within(dialog).getByLabelText('Name'), 'Our receiver');
  await user.type(within(dialog).getByLabelText('Address'), 'https://hooks.example.org/batchyard');
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Add channel' }));
  await settle();
  expect(screen.getByLabelText<HTMLInputElement>('Secret').value).toMatch(/^whsec_/);
  expect(server.requests).toContain('POST /channels');
});

test('a channel keeps its name: without one its change is refused at the field', async () => {
  const { user, server } = await renderStory(notifications.InUse);
  await user.click(screen.getByRole('button', { name: 'Change Our receiver' }));
  const dialog = screen.getByRole('dialog');
  await user.clear(within(dialog).getByLabelText('Name'));
  await user.click(within(dialog).getByRole('button', { name: 'Save changes' }));
  expect(within(dialog).getByRole('alert').textContent).toBe('This must have at least 1 character');
  expect(server.requests).not.toContain('PATCH /channels/c1');
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

afterEach(() => vi.unstubAllGlobals());

/** A browser that answers the question for its permission. @returns what it showed */
function stubBrowser(answer: NotificationPermission, { refuses = false } = {}): { title: string; body: string }[] {
  const shown: { title: string; body: string }[] = [];
  class Shown {
    static permission = 'default';
    static requestPermission = async () => answer;
    constructor(title: string, { body }: { body: string }) {
      if (refuses) throw new TypeError('Illegal constructor');
      shown.push({ title, body });
    }
  }
  vi.stubGlobal('Notification', Shown);
  return shown;
}

const ENDED = { ...BATCHES.running, status: 'partial', finishedAt: new Date().toISOString() } as const;
const bell = (batch: typeof BATCHES.running) => (
  <TooltipProvider>
    <ToastProvider>
      <WatchBell batch={batch} />
    </ToastProvider>
  </TooltipProvider>
);

test('the bell of a batch asks the browser when it is clicked, and the browser tells of the end once', async () => {
  const shown = stubBrowser('granted');
  const { rerender } = render(bell(BATCHES.running));
  await userEvent.click(screen.getByRole('button', { name: 'Tell me when it ends' }));
  expect(await screen.findByRole('button', { name: 'Stop watching', pressed: true })).toBeTruthy();
  expect(shown).toEqual([]);
  rerender(bell(ENDED));
  expect(shown).toEqual([{ title: expect.stringContaining(ENDED.name), body: expect.any(String) }]);
  expect(screen.queryByRole('button', { name: 'Stop watching' })).toBeNull();
  rerender(bell({ ...ENDED, failed: ENDED.failed + 1 }));
  expect(shown).toHaveLength(1);
});

test('who does not watch is not told, and a second click ends the watch', async () => {
  const shown = stubBrowser('granted');
  const { rerender } = render(bell(BATCHES.running));
  await userEvent.click(screen.getByRole('button', { name: 'Tell me when it ends' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Stop watching' }));
  rerender(bell(ENDED));
  expect(shown).toEqual([]);
});

test('a browser that blocks notifications is named as the reason', async () => {
  stubBrowser('denied');
  render(bell(BATCHES.running));
  await userEvent.click(screen.getByRole('button', { name: 'Tell me when it ends' }));
  const button = await screen.findByRole('button', { name: 'Tell me when it ends', pressed: false });
  await vi.waitFor(() => expect(button.getAttribute('aria-disabled')).toBe('true'));
});

test('where the browser has no window for it, the page tells', async () => {
  stubBrowser('granted', { refuses: true });
  const { rerender } = render(bell(BATCHES.running));
  await userEvent.click(screen.getByRole('button', { name: 'Tell me when it ends' }));
  await screen.findByRole('button', { name: 'Stop watching' });
  rerender(bell(ENDED));
  expect(await screen.findByText(new RegExp(ENDED.name))).toBeTruthy();
});
