import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as schedules from './stories/schedule.stories';
import { visited } from './story';

test('the list shows each schedule with its state, its last firing and the last 20 as bars with words', async () => {
  await renderStory(schedules.List);
  expect(screen.getAllByText('nightly report').length).toBeGreaterThan(0);
  for (const word of ['waiting', 'paused', 'no worker', 'ended']) {
    expect(screen.getAllByText(word).length).toBeGreaterThan(0);
  }
  expect(screen.getAllByRole('img', { name: /The last 8 firings: 1 completed, 1 failed/ }).length).toBeGreaterThan(0);
});

test('the form shows the next times with notes while one types, and says what is missing', async () => {
  const { user, settle, server } = await renderStory(schedules.New);
  expect(await screen.findByText(/02:30 does not exist on this day/)).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  const said = screen.getAllByRole('alert').map((alert) => alert.textContent);
  expect(said).toEqual([
    'Enter a name',
    'Choose a job type',
    'Enter at least one item, or choose where they come from',
  ]);
  expect(await violations()).toEqual([]);
  await user.type(screen.getByLabelText('Name'), 'nightly');
  await user.selectOptions(screen.getByLabelText('Job type'), 'diagnostic');
  await user.click(screen.getByLabelText('Items'));
  await user.paste('{}\n{oops');
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  expect((await screen.findByRole('alert')).textContent).toBe('Line 2 is no JSON');
  await user.clear(screen.getByLabelText('Items'));
  await user.paste('{ "durationMs": 1 }\n{}');
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  await settle();
  expect(server.requests).toContain('POST /schedules');
  expect(visited).toContain('/schedules/s1');
});

test('an interval below five seconds is refused, and a wrong expression is named where the times would be', async () => {
  const { user } = await renderStory(schedules.NewWithWrongCron);
  expect(await screen.findByText('The cron expression has 4 fields; five are needed.')).toBeTruthy();
  await user.selectOptions(screen.getByLabelText('Repeats'), 'at an interval');
  await user.clear(screen.getByLabelText('Every'));
  await user.type(screen.getByLabelText('Every'), '4');
  await user.selectOptions(screen.getByLabelText('Unit'), 'seconds');
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  expect(screen.getAllByRole('alert').some((alert) => alert.textContent === 'Enter at least 5 seconds')).toBe(true);
});

test('items of earlier jobs are found by a query, which says how many it would launch now', async () => {
  const { user, settle, server } = await renderStory(schedules.New);
  await user.selectOptions(screen.getByLabelText('Items come from'), 'earlier jobs (a query)');
  expect(screen.queryByLabelText('Items')).toBeNull();
  expect(await screen.findByText('Choose a job type to see how many jobs match.')).toBeTruthy();
  await user.selectOptions(screen.getByLabelText('Job type'), 'diagnostic');
  expect(await screen.findByText('Would launch 42 items now.')).toBeTruthy();
  expect(screen.getByText(/Add a time, such as created:>1d/)).toBeTruthy();
  expect(await violations()).toEqual([]);
  const query = screen.getByRole('combobox', { name: 'Query over jobs' });
  await user.clear(query);
  await user.paste('state:failed');
  await user.type(screen.getByLabelText('Name'), 'retry at night');
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  expect((await screen.findByRole('alert')).textContent).toBe('Correct the query first');
  await user.clear(query);
  await user.paste('status:failed created:>1d');
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  await settle();
  expect(server.bodies[server.requests.indexOf('POST /schedules')]).toMatchObject({
    launch: { batch: { name: 'retry at night', type: 'diagnostic', query: 'status:failed created:>1d' } },
  });
});

test('items of an address are fetched for a count when asked to, and a failure says why', async () => {
  const { user } = await renderStory(schedules.New);
  await user.selectOptions(screen.getByLabelText('Items come from'), 'an address (URL)');
  await user.click(screen.getByRole('button', { name: 'Create schedule' }));
  expect(screen.getAllByRole('alert').map((alert) => alert.textContent)).toContain('Enter an address');
  await user.type(screen.getByLabelText(/^Address/), 'https://example.org/items.csv');
  await user.selectOptions(screen.getByLabelText('Job type'), 'diagnostic');
  await user.click(screen.getByRole('button', { name: 'Fetch and count' }));
  expect(await screen.findByText('Would launch 42 items now.')).toBeTruthy();
  const { user: other } = await renderStory(schedules.NewWithUnreachableItems);
  await other.selectOptions(screen.getByLabelText('Items come from'), 'an address (URL)');
  await other.type(screen.getByLabelText(/^Address/), 'https://example.org/gone.csv');
  await other.selectOptions(screen.getByLabelText('Job type'), 'diagnostic');
  await other.click(screen.getByRole('button', { name: 'Fetch and count' }));
  expect(await screen.findByText(/example.org answered 404/)).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('the page of a schedule says where its items come from', async () => {
  await renderStory(schedules.OfQuery);
  expect(screen.getByRole('link', { name: 'status:failed created:>1d' }).getAttribute('href')).toContain(
    '/jobs?query=',
  );
  await renderStory(schedules.OfAddress);
  expect(screen.getByText('https://example.org/prices.csv')).toBeTruthy();
  await renderStory(schedules.EditOfQuery);
  expect(screen.getByRole<HTMLInputElement>('combobox', { name: 'Query over jobs' }).value).toBe(
    'status:failed created:>1d',
  );
});

test('a schedule of a batch begins with what the batch launched', async () => {
  await renderStory(schedules.NewFromBatch);
  const items = await screen.findByLabelText<HTMLTextAreaElement>('Items');
  expect(items.value).toBe('{"text":"first"}\n{"text":"second"}');
  expect(await violations()).toEqual([]);
});

test('a schedule is run, paused and backfilled after a look at what would run', async () => {
  const { user, settle, server } = await renderStory(schedules.One);
  await user.click(screen.getByRole('button', { name: 'Run now' }));
  await settle();
  await user.click(screen.getByRole('button', { name: 'Pause' }));
  await settle();
  expect(server.requests).toEqual(expect.arrayContaining(['POST /schedules/s1/run', 'PATCH /schedules/s1']));
  await user.click(screen.getByRole('button', { name: 'More actions' }));
  await user.click(screen.getByRole('menuitem', { name: /Backfill/ }));
  const dialog = within(screen.getByRole('dialog'));
  expect(await dialog.findByRole('button', { name: 'Launch 3 firings' })).toBeTruthy();
  expect(dialog.getByText('2 due times launched before and left out.')).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('deleting asks, and says that what was launched stays', async () => {
  const { user, settle, server } = await renderStory(schedules.One);
  await user.click(screen.getByRole('button', { name: 'More actions' }));
  await user.click(screen.getByRole('menuitem', { name: /Delete schedule/ }));
  const dialog = within(screen.getByRole('alertdialog', { name: 'Delete nightly report?' }));
  expect(dialog.getByText(/What it launched stays/)).toBeTruthy();
  await user.click(dialog.getByRole('button', { name: 'Delete schedule' }));
  await settle();
  expect(server.requests).toContain('DELETE /schedules/s1');
});

test('who may not change a schedule sees it and reads why', async () => {
  await renderStory(schedules.OfSomebodyElse);
  expect(screen.queryByRole('button', { name: 'Run now' })).toBeNull();
  expect(screen.getByText(/change schedules that others created/)).toBeTruthy();
});

test('what has no worker or was paused after failures says so', async () => {
  await renderStory(schedules.WithoutWorker);
  expect(screen.getByText('No worker runs jobs of type diagnostic.')).toBeTruthy();
  await renderStory(schedules.PausedAfterFailures);
  expect(screen.getByText('It was paused: The last 3 runs failed.')).toBeTruthy();
});
