import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as batch from './stories/batch.stories';

const button = (name: string | RegExp) => screen.getByRole('button', { name });
const dialog = (name?: string | RegExp) => screen.getByRole('dialog', name ? { name } : {});

test.each([
  ['running', batch.Running],
  ['partial', batch.Partial],
  ['stopped by failures', batch.StoppedByFailures],
  ['cancelling', batch.Cancelling],
  ['cancelled', batch.Cancelled],
])('the percentage of a batch fits the count beside it: %s', async (_, story) => {
  await renderStory(story);
  const percent = screen.getByTestId('percent');
  const [done = 0, total = 1] = (percent.nextElementSibling?.textContent?.match(/\d+/g) ?? []).map(Number);
  expect(percent.textContent).toContain(`${Math.floor((done / total) * 100)}%`);
});

test('a viewer sees a batch without its actions, and who may act', async () => {
  const { server } = await renderStory(batch.RunningForViewer);
  for (const name of ['Pause', 'Cancel', /^Retry/, /Upload corrected/, /Results/]) {
    expect(screen.queryByRole('button', { name })).toBeNull();
  }
  expect(screen.getByText('An operator can pause batches; you are a viewer.')).toBeTruthy();
  expect(screen.getByText('Results are not shown to you.')).toBeTruthy();
  expect(server.requests.filter((request) => request.includes('/table'))).toEqual([]);
});

test('the counters of a batch filter its items, and the filter can be cleared', async () => {
  const { user, settle } = await renderStory(batch.Running);
  const failed = within(screen.getByRole('group', { name: 'Filter items by state' })).getByRole('button', {
    name: /failed/,
  });
  expect(failed.getAttribute('aria-pressed')).toBe('false');
  await user.click(failed);
  await settle();
  expect(failed.getAttribute('aria-pressed')).toBe('true');
  await user.click(button('Clear filters'));
  expect(failed.getAttribute('aria-pressed')).toBe('false');
});

test('the items of a batch are a table with a row in every status', async () => {
  await renderStory(batch.Running);
  const table = screen.getByRole('table', { name: 'Items' });
  for (const word of ['pending', 'delayed', 'waiting for children', 'active', 'completed', 'failed', 'cancelled']) {
    expect(within(table).getAllByText(word).length).toBeGreaterThan(0);
  }
  expect(within(table).getByText('status 200 · ms 12 · columns {"city":"Basel"}')).toBeTruthy();
});

test('fields of the results become columns, and a reason stands across them', async () => {
  const { user, settle } = await renderStory(batch.Partial);
  const table = within(screen.getByRole('table', { name: 'Items' }));
  expect(table.getByRole('columnheader', { name: 'Result or reason' })).toBeTruthy();
  await user.click(button('Result columns'));
  await user.click(await screen.findByRole('menuitemcheckbox', { name: 'columns.city' }));
  await user.click(screen.getByRole('menuitemcheckbox', { name: 'status' }));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  await settle();
  expect(table.queryByRole('columnheader', { name: 'Result or reason' })).toBeNull();
  const titles = table.getAllByRole('columnheader').map((head) => head.textContent);
  expect(titles.slice(-2)).toEqual(['columns.city', 'status']);
  const cellsOf = (name: string) =>
    within(table.getByRole('link', { name }).closest('[role=row]') as HTMLElement).getAllByRole('cell');
  expect(
    cellsOf('handbook-007.pdf')
      .slice(-2)
      .map((cell) => cell.textContent),
  ).toEqual(['Basel', '200']);
  expect(cellsOf('handbook-005.pdf').at(-1)?.getAttribute('aria-colspan')).toBe('2');
  expect(await violations()).toEqual([]);
  await user.click(button('Result columns'));
  await user.click(await screen.findByRole('menuitem', { name: 'The result in one column' }));
  await settle();
  expect(table.getByRole('columnheader', { name: 'Result or reason' })).toBeTruthy();
});

test('arrow keys move between items, and Enter opens one in a dialog', async () => {
  const { user, settle } = await renderStory(batch.Running);
  const links = within(screen.getByRole('table', { name: 'Items' })).getAllByRole('link');
  links[0]?.focus();
  await user.keyboard('{ArrowDown}');
  await waitFor(() => expect(document.activeElement).toBe(links[1]));
  await user.keyboard('{Enter}');
  await settle();
  expect(dialog()).toBeTruthy();
});

test('a cancel asks for confirmation with its consequence in numbers, and sends what was confirmed', async () => {
  const { user, server, settle } = await renderStory(batch.Running);
  await user.click(button(/^Cancel/));
  await user.click(await screen.findByRole('menuitem', { name: /Cancel batch/ }));
  const question = await screen.findByRole('alertdialog', { name: 'Cancel embed-handbook?' });
  expect(question.textContent).toContain('10 running items will finish, 80 will not start.');
  expect(question.contains(document.activeElement)).toBe(true);
  await user.click(within(question).getByRole('button', { name: 'Cancel batch' }));
  await settle();
  expect(server.requests).toContain('POST /batches/b1/cancel');
});

test('a refused start can be repeated once a slot is free, and is queued while none is', async () => {
  const { user, settle } = await renderStory(batch.StartRefused);
  await user.click(button(/Start 1,200 items/));
  await settle();
  // The page knows that a slot is free, so the refusal is out of date.
  expect(screen.getByText('A slot is free again')).toBeTruthy();
  expect(button('Start now')).toBeTruthy();
  await renderStory(batch.WaitingAtCapacity);
  expect(button(/At capacity/).getAttribute('aria-disabled')).toBe('true');
  expect(button('Queue instead')).toBeTruthy();
});

test('the doctor lists each problem with the effect of its repair', async () => {
  await renderStory(batch.DoctorFindsFaults);
  const findings = within(dialog()).getAllByRole('listitem');
  expect(findings).toHaveLength(2);
  expect(findings[0]?.textContent).toContain('The counters are wrong');
});
