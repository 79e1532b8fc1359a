import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { AttentionList } from '@/lib/contracts/attention';
import { renderStory, violations } from './render-story';
import { json } from './server';
import * as shell from './stories/shell.stories';

const needsYou = () => {
  const panel = screen.getByRole('heading', { name: 'Needs you' }).closest('section');
  if (!panel) throw new Error('The overview has no list of what needs a person.');
  return within(panel);
};
const routes = shell.OverviewNeedsAttention.routes ?? {};
const { items } = routes['GET /attention'] as AttentionList;

test('where nothing needs a person the overview says so', async () => {
  await renderStory(shell.OverviewBusy);
  expect(needsYou().getAllByText('Nothing needs you').length).toBeGreaterThan(0);
  expect(needsYou().queryAllByRole('listitem')).toEqual([]);
});

test('what needs a person is listed worst first, each with its severity in words, its page and what can be done', async () => {
  await renderStory(shell.OverviewNeedsAttention);
  expect(
    needsYou()
      .getAllByRole('listitem')
      .map((row) => /^(\w+): /.exec(row.textContent ?? '')?.[1]),
  ).toEqual(['Critical', 'Warning', 'Notice']);
  expect(
    needsYou()
      .getByRole('link', { name: /embed-handbook/ })
      .getAttribute('href'),
  ).toBe('/batches/b1?status=failed');
  expect(needsYou().getByRole('status').textContent).toBe('Needs you: 1 critical · 1 warning · 1 notice');
});

test('an action is done, and its item stays as settled until the pointer leaves the list', async () => {
  const answers = [items, items.slice(1)];
  const { user, settle, server } = await renderStory({
    ...shell.OverviewNeedsAttention,
    routes: {
      ...routes,
      'GET /attention': (url: URL, init?: RequestInit) => json({ items: answers.shift() ?? items.slice(1) })(url, init),
      'POST /doctor/resume': { queues: [] },
    },
  });
  await user.click(needsYou().getByRole('button', { name: /^Resume the queue/ }));
  await settle();
  expect(server.requests).toContain('POST /doctor/resume');
  expect(needsYou().getByText('Settled:', { exact: false })).toBeTruthy();
  expect(needsYou().getAllByRole('listitem')).toHaveLength(3);
  await user.click(screen.getByRole('heading', { name: 'Running' }));
  await settle();
  expect(needsYou().getAllByRole('listitem')).toHaveLength(2);
});

test('an action that does much is confirmed first', async () => {
  const { user, settle, server } = await renderStory({
    ...shell.OverviewNeedsAttention,
    routes: { ...routes, 'POST /batches/b1/retry': { batch: {}, retried: 140 } },
  });
  await user.click(needsYou().getByRole('button', { name: /^Retry 140/ }));
  const dialog = screen.getByRole('alertdialog');
  expect(within(dialog).getByText(/140 failed items will run again/)).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Retry 140' }));
  await settle();
  expect(server.requests).toContain('POST /batches/b1/retry');
  expect(screen.queryByRole('alertdialog')).toBeNull();
});

test('a long list begins with its worst part, and the rest comes on request', async () => {
  const { user } = await renderStory(shell.OverviewNeedsMuch);
  expect(needsYou().getAllByRole('listitem')).toHaveLength(8);
  await user.click(needsYou().getByRole('button', { name: 'Show 6 more' }));
  expect(needsYou().getAllByRole('listitem')).toHaveLength(14);
});

test('the navigation counts what is critical', async () => {
  await renderStory(shell.CriticalInRail);
  expect(screen.getAllByText('1 critical item').length).toBeGreaterThan(0);
});
