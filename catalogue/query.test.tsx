import { screen, waitFor, within } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { links } from '@/lib/client/links';
import { renderStory, violations } from './render-story';
import { json } from './server';
import * as lists from './stories/lists.stories';
import * as query from './stories/query.stories';
import type { Story } from './story';
import { aView } from './view-fixtures';

const bar = () => screen.getByRole('combobox', { name: 'Search jobs' }) as HTMLInputElement;
const asked = (requests: readonly string[]) => requests.filter((request) => request === 'GET /jobs').length;

/** A story that notes the queries that the list asks for. */
function noting(story: Story): { story: Story; queries: string[] } {
  const queries: string[] = [];
  const answer = json({ jobs: [], nextCursor: null, searched: { all: true, rows: 0 } });
  const route: typeof answer = (url, init) => {
    queries.push(url.searchParams.get('query') ?? '');
    return answer(url, init);
  };
  return { queries, story: { ...story, routes: { ...story.routes, 'GET /jobs': route } } };
}

test('the text of a query and the filters beside it change the same value, which is in the address', async () => {
  const { story, queries } = noting(query.Filtered);
  const { user } = await renderStory(story);
  expect(bar().value).toBe('status:failed,active created:>1h "too many"');
  const states = within(screen.getByRole('group', { name: 'Status' }));
  expect(states.getByRole('button', { name: 'failed' }).getAttribute('aria-pressed')).toBe('true');
  expect(screen.getByRole('combobox', { name: 'Created' })).toHaveProperty('value', '>1h');
  await user.click(states.getByRole('button', { name: 'active' }));
  await waitFor(() => expect(bar().value).toBe('status:failed created:>1h "too many"'));
  await user.selectOptions(screen.getByRole('combobox', { name: 'Job type' }), 'diagnostic');
  await waitFor(() => expect(bar().value).toBe('status:failed created:>1h "too many" type:diagnostic'));
  await user.selectOptions(screen.getByRole('combobox', { name: 'Created' }), '');
  await waitFor(() => expect(bar().value).toBe('status:failed "too many" type:diagnostic'));
  await waitFor(() => expect(queries.at(-1)).toBe('status:failed "too many" type:diagnostic'));
});

test('two filters that are clicked before the first is drawn both count', async () => {
  const { story } = noting(query.Filtered);
  await renderStory(story);
  const click = (name: string) =>
    within(screen.getByRole('group', { name: 'Status' }))
      .getByRole('button', { name })
      .click();
  // Within `act` React would draw the whole page after the first click.
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', false);
  click('active');
  await Promise.resolve();
  click('delayed');
  await Promise.resolve();
  vi.unstubAllGlobals();
  await waitFor(() => expect(bar().value).toBe('status:failed,delayed created:>1h "too many"'));
});

test('a query that cannot be understood is marked, explained, and changes nothing', async () => {
  const { story, queries } = noting(query.NotUnderstood);
  const { user } = await renderStory(story);
  expect(bar().getAttribute('aria-invalid')).toBe('true');
  const problem = document.getElementById(bar().getAttribute('aria-describedby') ?? '');
  expect(problem?.textContent).toBe('There is no status faild. Did you mean failed?');
  await user.clear(bar());
  await user.type(bar(), 'creatd:today ');
  await waitFor(() => expect(screen.getByText(/There is no field creatd. Did you mean created\?/)).toBeTruthy());
  expect(queries.filter((each) => each.includes('creatd'))).toEqual([]);
  expect(await violations()).toEqual([]);
});

test('suggestions follow the caret, arrow keys choose one, and Enter takes it', async () => {
  const { story, queries } = noting(query.Filtered);
  const { user } = await renderStory(story);
  await user.clear(bar());
  await user.type(bar(), 'sta');
  const list = screen.getByRole('listbox', { name: 'Suggestions' });
  expect(within(list).getAllByRole('option')[0]?.textContent).toContain('status:');
  expect(await violations()).toEqual([]);
  await user.keyboard('{ArrowDown}{Enter}');
  expect(bar().value).toBe('status:');
  const chosen = () => document.getElementById(bar().getAttribute('aria-activedescendant') ?? '');
  await user.type(bar(), 'fai');
  await user.keyboard('{ArrowDown}');
  expect(chosen()?.textContent).toContain('failed');
  await user.keyboard('{Enter}');
  expect(bar().value).toBe('status:failed ');
  await waitFor(() => expect(queries.at(-1)).toBe('status:failed'));
  await user.keyboard('{Escape}');
  expect(bar().getAttribute('aria-expanded')).toBe('false');
  await user.keyboard('{Escape}');
  expect(bar().value).toBe('');
});

test('values that were used are suggested, asked for once typing pauses, and written in quotes where they need them', async () => {
  const asked: string[] = [];
  const values = json({
    values: [
      { value: 'March import', count: 3 },
      { value: 'Marching band', count: 1 },
    ],
  });
  const route: typeof values = (url, init) => {
    asked.push(url.search);
    return values(url, init);
  };
  const { user } = await renderStory({
    ...query.Filtered,
    routes: { ...query.Filtered.routes, 'GET /query-values': route },
  });
  await user.clear(bar());
  await user.type(bar(), '-batch:mar');
  const option = await screen.findByRole('option', { name: /March import/ });
  expect(option.textContent).toContain('3 times lately');
  expect(asked.at(-1)).toBe('?of=jobs&field=batch&value=mar');
  expect(await violations()).toEqual([]);
  await user.keyboard('{ArrowDown}{Enter}');
  expect(bar().value).toBe('-batch:"March import" ');
  // What was asked for one field is not shown for another.
  await user.type(bar(), 'status:');
  expect(screen.queryByRole('option', { name: /March/ })).toBeNull();
  expect(screen.getByRole('option', { name: /failed/ })).toBeTruthy();
});

test('an address of an earlier version is read as a query', async () => {
  await renderStory(query.OldAddress);
  expect(bar().value).toBe('status:failed type:diagnostic acme');
});

test('a search that was not finished says how far it came, and goes on when asked', async () => {
  const { user, server, settle } = await renderStory(query.SearchedPartly);
  expect(screen.getByText(/The newest 200,000 were searched/)).toBeTruthy();
  const before = asked(server.requests);
  await user.click(screen.getByRole('button', { name: 'Go on' }));
  await settle();
  expect(asked(server.requests)).toBe(before + 1);
  expect(screen.getByText(/The newest 400,000 were searched/)).toBeTruthy();
});

test('a list opens with its default view, and an empty query shows everything', async () => {
  const { story, queries } = noting(query.DefaultView);
  const { user } = await renderStory(story);
  await waitFor(() => expect(bar().value).toBe('status:failed created:today'));
  await user.click(screen.getByRole('button', { name: 'Clear the search' }));
  expect(bar().value).toBe('');
  expect(queries).toContain('status:failed created:today');
});

const heads = (table: string) =>
  within(screen.getByRole('table', { name: table }))
    .getAllByRole('columnheader')
    .map(({ textContent }) => textContent)
    .filter(Boolean);

test('columns are chosen with the keyboard, kept in the address, and saved with a view', async () => {
  const { user, server, settle } = await renderStory({
    ...lists.Batches,
    routes: { ...lists.Batches.routes, 'POST /views': { view: {} } },
  });
  expect(heads('Batches')).toEqual(['Status', 'Name', 'Type', 'Progress', 'Done', 'Failed', 'Pace', 'Created']);
  screen.getByRole('button', { name: 'Columns' }).focus();
  await user.keyboard('{Enter}');
  const item = (name: string) => screen.getByRole('menuitemcheckbox', { name });
  expect(item('Type').getAttribute('aria-checked')).toBe('true');
  expect(item('Launched by').getAttribute('aria-checked')).toBe('false');
  expect(screen.queryByRole('menuitemcheckbox', { name: 'Name' })).toBeNull();
  expect(await violations()).toEqual([]);
  // The menu stays open, so that several are chosen one after the other.
  await waitFor(() => expect(document.activeElement).toBe(item('Type')));
  await user.keyboard('{Enter}');
  await waitFor(() => expect(item('Type').getAttribute('aria-checked')).toBe('false'));
  await user.click(item('Launched by'));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
  expect(heads('Batches')).toEqual(['Status', 'Name', 'Progress', 'Done', 'Failed', 'Pace', 'Launched by', 'Created']);
  expect(screen.getByRole('table', { name: 'Batches' }).style.getPropertyValue('--columns')).toMatch(/^150px minmax/);

  await user.click(screen.getByRole('button', { name: 'Views' }));
  await user.click(await screen.findByRole('menuitem', { name: /Save this query/ }));
  const form = within(await screen.findByRole('dialog', { name: 'Save view' }));
  await user.type(form.getByRole('textbox', { name: 'Name' }), 'By people');
  expect(form.getByRole('combobox', { name: 'Columns' })).toHaveProperty(
    'value',
    'status,name,progress,done,failed,pace,by,created',
  );
  await user.click(form.getByRole('button', { name: 'Save view' }));
  await settle();
  expect(server.bodies[server.requests.indexOf('POST /views')]).toMatchObject({
    of: 'batches',
    columns: ['status', 'name', 'progress', 'done', 'failed', 'pace', 'by', 'created'],
  });

  await user.click(screen.getByRole('button', { name: 'Columns' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Columns of the list itself' }));
  await waitFor(() => expect(heads('Batches')).toContain('Type'));
});

test('a view shows its columns in its order, a link to it has them, and what no list has is left out', async () => {
  const columns = ['failed', 'bogus', 'by', 'name'];
  const view = aView('v9', { name: 'Who failed', of: 'batches', query: 'status:failed', columns });
  const { user } = await renderStory({
    ...lists.Batches,
    routes: { ...lists.Batches.routes, 'GET /views': { views: [view], nextCursor: null } },
  });
  await user.click(screen.getByRole('button', { name: 'Views' }));
  await user.click(await screen.findByRole('menuitem', { name: /Who failed/ }));
  await waitFor(() => expect(heads('Batches')).toEqual(['Status', 'Name', 'Failed', 'Launched by']));
  expect(screen.getByRole('button', { name: `Views: ${view.name}` })).toBeTruthy();
  expect(links.view(view)).toBe('/batches?query=status%3Afailed&columns=failed,bogus,by,name');
});

test.each([
  ['Jobs', lists.Jobs, '/jobs?columns=status,name,finished', ['Status', 'Name', 'Finished']],
  ['Flows', lists.Flows, '/flows?columns=by', ['Status', 'Name', 'Launched by']],
])('the address chooses the columns of the list of %s', async (table, story, path, titles) => {
  await renderStory({ ...story, path });
  expect(heads(table)).toEqual(titles);
  expect(await violations()).toEqual([]);
});

test('a phone has its own arrangement, whatever the columns are', async () => {
  await renderStory({ ...lists.BatchesOnPhone, path: '/batches?columns=by' });
  expect(heads('Batches')).toContain('Progress');
});

test('a query is saved as a view, for oneself or for everybody', async () => {
  const { user, server, settle } = await renderStory(query.Filtered);
  await user.click(screen.getByRole('button', { name: 'Views' }));
  expect(await screen.findByRole('menuitem', { name: /Slow ones/ })).toBeTruthy();
  await user.click(screen.getByRole('menuitem', { name: /Save this query/ }));
  const form = within(await screen.findByRole('dialog', { name: 'Save view' }));
  await user.type(form.getByRole('textbox', { name: 'Name' }), 'Busy');
  await user.click(form.getByRole('checkbox', { name: /Everybody/ }));
  await user.click(form.getByRole('button', { name: 'Save view' }));
  await settle();
  const body = server.bodies[server.requests.indexOf('POST /views')];
  expect(body).toEqual({
    of: 'jobs',
    name: 'Busy',
    query: 'status:failed,active created:>1h "too many"',
    columns: null,
    shared: true,
    isDefault: false,
  });
});

test('views are arranged: moved, changed and deleted', async () => {
  const { user, server, settle } = await renderStory(query.Filtered);
  await user.click(screen.getByRole('button', { name: 'Views' }));
  await user.click(await screen.findByRole('menuitem', { name: /Arrange views/ }));
  const dialog = within(await screen.findByRole('dialog', { name: 'Views of jobs' }));
  await user.click(dialog.getByRole('button', { name: 'Move Slow ones up' }));
  await settle();
  expect(server.bodies[server.requests.indexOf('PATCH /views/v2')]).toEqual({ position: 0 });
  await user.click(dialog.getByRole('button', { name: 'Delete Failed today' }));
  await settle();
  expect(server.requests).toContain('DELETE /views/v1');
  expect(dialog.getByRole('button', { name: 'Move Failed today up' }).getAttribute('aria-disabled')).toBe('true');
});

test('the navigation counts the views up to a thousand', async () => {
  await renderStory(query.ViewsInRail);
  const links = within(screen.getByRole('region', { name: 'Saved views' })).getAllByRole('link');
  expect(links.map(({ textContent }) => textContent)).toEqual([
    'Failed today12',
    'Slow ones1,000+',
    'Of acme, wherever it is and whatever became of it',
    'Waiting0',
  ]);
  expect(links[1]?.getAttribute('aria-current')).toBe('page');
  expect(links[1]?.getAttribute('href')).toBe('/jobs?query=took%3A%3E5m');
});
