import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import { Shell } from '@/components/shell/shell';
import { ADMIN, BATCHES } from './fixtures';
import { renderStory, violations } from './render-story';
import * as batch from './stories/batch.stories';
import * as dead from './stories/dead-letter.stories';
import * as lists from './stories/lists.stories';
import * as shell from './stories/shell.stories';
import { visited } from './story';

beforeEach(() => sessionStorage.clear());

const palette = () => screen.getByRole('combobox', { name: /^Search/ });
const options = () => screen.getAllByRole('option').map((option) => option.textContent ?? '');

test('the palette has named groups, announces how many fit, and does an action with the keyboard alone', async () => {
  const { user, settle } = await renderStory(shell.Live);
  await user.keyboard('{Control>}k{/Control}');
  await settle();
  expect(screen.getByRole('group', { name: 'Go to' })).toBeTruthy();
  expect(within(screen.getByRole('group', { name: 'Actions' })).getByRole('option', { name: /Sign out/ })).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.type(palette(), 'dark theme');
  await settle();
  await waitFor(() => expect(screen.getByText('2 results')).toBeTruthy());
  // Things come before actions.
  expect(options()).toEqual(['Settings: appearance', 'Dark theme']);
  await user.keyboard('{ArrowDown}{Enter}');
  expect(document.documentElement.dataset.theme).toBe('dark');
  expect(screen.queryByRole('combobox', { name: /^Search/ })).toBeNull();
  delete document.documentElement.dataset.theme;
});

test('what was chosen last comes first the next time', async () => {
  const { user, settle } = await renderStory(shell.Live);
  await user.keyboard('{Control>}k{/Control}');
  await user.type(palette(), 'settings secrets');
  await settle();
  await user.keyboard('{Enter}');
  expect(visited).toEqual(['/settings/secrets']);
  await user.keyboard('{Control>}k{/Control}');
  await settle();
  expect(within(screen.getByRole('group', { name: 'Recent' })).getAllByRole('option')).toHaveLength(1);
  expect(options()[0]).toContain('Settings: secrets');
});

test('a palette without a match says so, and one with a failed request too', async () => {
  const { user, settle } = await renderStory(shell.PaletteFails);
  await user.keyboard('{Control>}k{/Control}');
  await user.type(palette(), 'qqqq');
  await settle();
  await waitFor(() => expect(screen.getByText(/Part of the search failed/)).toBeTruthy());
});

test('the actions of a batch are in the palette; cancelling still asks', async () => {
  const { user, settle } = await renderStory(batch.InShell);
  await user.keyboard('{Control>}k{/Control}');
  await settle();
  const own = within(screen.getByRole('group', { name: 'This batch' }));
  expect(own.getByRole('option', { name: /Pause this batch/ })).toBeTruthy();
  expect(own.getByRole('option', { name: /Retry/ }).getAttribute('aria-disabled')).toBe('true');
  await user.type(palette(), 'cancel this');
  await settle();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(screen.getByRole('alertdialog')).toBeTruthy());
});

test('Enter right after the palette has opened changes nothing, also after a retry was chosen from it', async () => {
  const { user, server, settle } = await renderStory({
    ...batch.FailedInShell,
    routes: { ...batch.FailedInShell.routes, 'POST /batches/b1/retry': { batch: BATCHES.running, retried: 14 } },
  });
  const writes = () => server.requests.filter((request) => !request.startsWith('GET'));
  const open = async () => {
    await user.keyboard('{Control>}k{/Control}');
    await settle();
  };
  await open();
  await user.keyboard('{Enter}');
  await settle();
  expect(writes()).toEqual([]);
  await open();
  await user.type(palette(), 'retry 14');
  await settle();
  await user.keyboard('{Enter}');
  await waitFor(() => expect(writes()).toEqual(['POST /batches/b1/retry']));
  await open();
  expect(options()[0]).not.toMatch(/Retry|Resume|Pause|Start/);
  await user.keyboard('{Enter}');
  await settle();
  expect(writes()).toHaveLength(1);
});

test('everything is paused and resumed from the palette, after a question, by those who may', async () => {
  const { user, server, settle } = await renderStory({
    ...shell.Live,
    routes: { ...shell.Live.routes, 'POST /pause-all': { paused: true, batches: 3 } },
  });
  const choose = async (text: string) => {
    await user.keyboard('{Control>}k{/Control}');
    await user.type(palette(), text);
    await settle();
    expect(options()[0]).toContain(text);
    await user.keyboard('{Enter}');
    return waitFor(() => screen.getByRole('alertdialog'));
  };
  const dialog = await choose('Pause everything');
  expect(await violations()).toEqual([]);
  expect(server.requests).not.toContain('POST /pause-all');
  await user.click(within(dialog).getByRole('button', { name: 'Pause everything' }));
  await waitFor(() => expect(server.requests).toContain('POST /pause-all'));
  expect(server.bodies[server.requests.indexOf('POST /pause-all')]).toEqual({ everywhere: false });
  await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());

  await renderStory(shell.Paused);
  expect((await choose('Resume everything')).textContent).toContain('What waits will start');
});

test('who may not pause everything is not offered it', async () => {
  const { user, settle } = await renderStory(shell.PausedForMember);
  await user.keyboard('{Control>}k{/Control}');
  await settle();
  expect(screen.queryByRole('option', { name: /everything|all organizations/ })).toBeNull();
});

test('groups of dead letters, bulk actions, channels and settings are found', async () => {
  const { user, settle } = await renderStory(shell.PaletteFinds);
  await user.keyboard('{Control>}k{/Control}');
  await user.type(palette(), 'encrypted');
  await settle();
  await waitFor(() => expect(screen.getByRole('group', { name: 'Channels' })).toBeTruthy());
  const inGroup = (name: string) => within(screen.getByRole('group', { name })).getByRole('option').textContent;
  expect(inGroup('Dead letters')).toContain('PDF is encrypted');
  expect(inGroup('Bulk actions')).toContain('Retry 118 jobs');
  expect(inGroup('Channels')).toContain('Encrypted night shift');
  expect(await violations()).toEqual([]);
  await user.keyboard('{Enter}');
  expect(visited).toEqual([
    `/dead-letters?query=${encodeURIComponent('is:dead reason:"PDF is encrypted" code:encrypted')}`,
  ]);
});

test('a viewer is offered no launch', async () => {
  const { user, settle } = await renderStory(shell.ForViewer);
  await user.keyboard('{Control>}k{/Control}');
  await settle();
  expect(screen.queryByRole('option', { name: /New batch/ })).toBeNull();
  expect(screen.getByRole('option', { name: /Show all keys/ })).toBeTruthy();
});

test('? shows all keys, but not while somebody types', async () => {
  const { user } = await renderStory(shell.Live);
  await user.keyboard('?');
  const keys = screen.getByRole('dialog', { name: 'Keys' });
  for (const label of ['Search and act', 'Next row', 'Select the next row too', 'Next item'])
    expect(keys.textContent).toContain(label);
  expect(await violations()).toEqual([]);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.keyboard('{Control>}k{/Control}');
  await user.type(palette(), 'why?');
  expect(screen.queryByRole('dialog', { name: 'Keys' })).toBeNull();
});

test('j and k move through a list, and do nothing while somebody types', async () => {
  const { user } = await renderStory(lists.JobsInShell);
  const rowOf = () => document.activeElement?.closest('[role="row"]')?.textContent ?? '';
  await user.keyboard('j');
  const first = rowOf();
  expect(first).not.toBe('');
  await user.keyboard('j');
  expect(rowOf()).not.toBe(first);
  await user.keyboard('k');
  expect(rowOf()).toBe(first);
  await user.click(screen.getByRole('combobox', { name: 'Search jobs' }));
  await user.keyboard('j');
  expect(document.activeElement).toHaveProperty('value', 'j');
});

test.each([
  ['groups of dead letters', dead.Few],
  ['what needs a person', shell.OverviewNeedsAttention],
])('j and k move through %s', async (_, story) => {
  const { user } = await renderStory({
    ...story,
    render: () => (
      <Shell viewer={ADMIN} theme="system" narrow={false}>
        {story.render()}
      </Shell>
    ),
  });
  const rows = [...document.querySelectorAll('[data-rows] > li')];
  expect(rows.length).toBeGreaterThan(1);
  const rowOf = () => rows.findIndex((row) => row.contains(document.activeElement));
  await user.keyboard('j');
  expect(rowOf()).toBe(0);
  await user.keyboard('j');
  expect(rowOf()).toBe(1);
  await user.keyboard('k');
  expect(rowOf()).toBe(0);
  await user.keyboard('{End}');
  expect(rowOf()).toBe(rows.length - 1);
  await user.keyboard('{Home}');
  expect(rowOf()).toBe(0);
});

test('j, k and the arrows change the job of an open dialog, except in a text', async () => {
  const { user } = await renderStory(batch.Running);
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-job] a')];
  await user.click(rows()[0] as HTMLElement);
  const shown = () =>
    within(screen.getByRole('dialog')).getByRole('link', { name: 'Open as a page' }).getAttribute('href');
  const first = shown();
  await user.keyboard('j');
  await waitFor(() => expect(shown()).not.toBe(first));
  await user.keyboard('k');
  await waitFor(() => expect(shown()).toBe(first));
  await user.keyboard('{ArrowRight}');
  await waitFor(() => expect(shown()).not.toBe(first));
});
