import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { emptyDraft } from '@/components/launch/draft';
import { saveDraft } from '@/components/launch/draft-store';
import { IMPORTS } from './import-fixtures';
import { renderStory, violations } from './render-story';
import { type Answer, json, problem } from './server';
import * as launch from './stories/launch.stories';

test('fields of the pasted rows are offered as searchable ones, and the launch names what was chosen', async () => {
  const result = { batchId: 'b1', parentJobId: 'b1', enqueuedCount: 1, status: 'pending' };
  const { user, settle, server } = await renderStory({
    ...launch.Rows,
    routes: { ...launch.Rows.routes, 'POST /batches': json(result, 201) },
  });
  await user.click(await screen.findByRole('tab', { name: 'Rows' }));
  await user.click(await screen.findByRole('textbox', { name: 'Items' }));
  await user.paste('{ "durationMs": 1, "payload": { "customer": "acme" } }');
  await user.click(screen.getByText('Options', { selector: 'summary span' }));
  const column = await screen.findByRole('button', { name: 'payload.customer' });
  await user.click(column);
  expect(column.getAttribute('aria-pressed')).toBe('true');
  const field = screen.getByLabelText<HTMLInputElement>('Searchable fields');
  expect(field.value).toBe('payload.customer');
  expect(screen.getByText(/data\.payload\.customer:… then finds/)).toBeTruthy();
  await user.type(field, ', a:b');
  expect(screen.getByText('“a:b” is no field, such as customer or customer.id')).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.clear(field);
  await user.click(column);
  await user.click(screen.getByRole('button', { name: /Launch 1 item/ }));
  await settle();
  expect(server.bodies[server.requests.indexOf('POST /batches')]).toMatchObject({
    searchable: ['payload.customer'],
    items: [{ durationMs: 1, payload: { customer: 'acme' } }],
  });
});

test('a sample fills in the items of a type, and is offered only while there are none', async () => {
  const { user, settle } = await renderStory(launch.Rows);
  await user.click(await screen.findByRole('button', { name: 'Use a sample' }));
  await settle();
  expect((await screen.findByRole('tab', { name: 'Rows' })).getAttribute('aria-selected')).toBe('true');
  expect(screen.getByRole('textbox', { name: 'Items' })).toHaveProperty(
    'value',
    '[\n  {"durationMs":200},\n  {"durationMs":350}\n]',
  );
  expect(await screen.findByRole('button', { name: /Launch 2 items/ })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Use a sample' })).toBeNull();
  expect(await violations()).toEqual([]);
});

test('the address of a sample fills it in once', async () => {
  const { user, settle } = await renderStory({ ...launch.Rows, path: `${launch.Rows.path}&sample` });
  const items = await screen.findByRole('textbox', { name: 'Items' });
  await waitFor(() => expect(items).toHaveProperty('value', expect.stringContaining('"durationMs":350')));
  await user.clear(items);
  await settle();
  expect(items).toHaveProperty('value', '');
  expect(screen.getByRole('button', { name: 'Use a sample' })).toBeTruthy();
});

test('the address of a sample leaves a draft with items alone, also once they are removed', async () => {
  const render = () => {
    saveDraft({ ...emptyDraft('diagnostic'), source: 'paste', paste: '[{"durationMs":7}]' });
    return launch.Rows.render();
  };
  const { user, settle } = await renderStory({ ...launch.Rows, path: `${launch.Rows.path}&sample`, render });
  const items = await screen.findByRole('textbox', { name: 'Items' });
  expect(items).toHaveProperty('value', '[{"durationMs":7}]');
  await user.clear(items);
  await settle();
  expect(items).toHaveProperty('value', '');
});

test('items that need a value each begin with a table, and the form marks what was left empty, not what nobody has seen', async () => {
  const { user } = await renderStory(launch.Form);
  expect((await screen.findByRole('tab', { name: 'Rows' })).getAttribute('aria-selected')).toBe('true');
  await user.click(screen.getByRole('tab', { name: 'Form' }));
  const url = await screen.findByLabelText(/^url/);
  expect(url.tagName).toBe('INPUT');
  expect(screen.queryByText('is required')).toBeNull();
  expect(screen.getByText('Fill in url first.')).toBeTruthy();
  const more = screen.getByText('More fields').closest('details');
  expect(more?.open).toBe(false);
  expect(more?.textContent).toContain('headers, timeoutMs');

  expect(screen.getByLabelText<HTMLSelectElement>(/^method/).selectedOptions[0]?.text).toBe('GET by default');
  expect(screen.getByLabelText<HTMLInputElement>(/^timeoutMs/).placeholder).toBe('30,000 by default');

  await user.click(url);
  await user.tab();
  expect(screen.getByText('is required')).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.type(url, 'https://example.org');
  expect(screen.queryByText('is required')).toBeNull();
  expect(screen.getByLabelText<HTMLInputElement>('Name').value).toMatch(/^HTTP calls /);

  await user.click(screen.getByText('More fields'));
  await user.type(screen.getByLabelText(/^timeoutMs/), '5');
  expect(screen.queryByText('must be at least 100')).toBeNull();
  expect(screen.getByText('Correct the marked fields first.')).toBeTruthy();
  await user.tab();
  expect(screen.getByText('must be at least 100')).toBeTruthy();
});

test('what the server refuses is marked although nobody has been in the field', async () => {
  const { user, settle } = await renderStory({
    ...launch.Form,
    routes: {
      ...launch.Form.routes,
      'POST /batches': problem(422, 'invalid-items', 'An item does not fit.', {
        errors: [{ row: 1, path: 'method', message: 'is not allowed here' }],
      }),
    },
  });
  await user.click(await screen.findByRole('tab', { name: 'Form' }));
  await user.type(await screen.findByLabelText(/^url/), 'https://example.org');
  await user.click(screen.getByRole('button', { name: /Launch 1 item/ }));
  await settle();
  expect(screen.getByLabelText(/^method/).getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText('is not allowed here')).toBeTruthy();
});

test('items are named by a column or by their type', async () => {
  let found = { ...IMPORTS.checked, good: 400, bad: 0 };
  const read: Answer = (url, init) => json({ import: found })(url, init);
  const rename: Answer = (url, init) => {
    found = { ...found, ...JSON.parse(String(init?.body)) };
    return read(url, init);
  };
  const { user, settle, server } = await renderStory({
    ...launch.TableChecked,
    routes: {
      ...launch.TableChecked.routes,
      'GET /imports/i1': read,
      'PATCH /imports/i1': rename,
    },
  });
  const choice = await screen.findByLabelText<HTMLSelectElement>('Name items by');
  expect(choice.value).toBe('column id');
  const region = within(screen.getByRole('region', { name: 'Columns to fields' }));
  expect(region.getByText('1 · 2')).toBeTruthy();
  await user.selectOptions(choice, 'remark');
  await settle();
  expect(server.bodies[server.requests.indexOf('PATCH /imports/i1')]).toEqual({ nameBy: 'remark' });
  expect(choice.value).toBe('column remark');
  expect(region.getByText('first · (named by the job type)')).toBeTruthy();
  await user.selectOptions(choice, 'the job type (Diagnostic)');
  await settle();
  expect(server.bodies[server.requests.lastIndexOf('PATCH /imports/i1')]).toEqual({ nameBy: null });
  expect(await violations()).toEqual([]);
});

test('a mapping folds what few need, and a field that gets its source there stays where it is', async () => {
  const { user } = await renderStory(launch.TableOfCalls);
  const region = within(await screen.findByRole('region', { name: 'Columns to fields' }));
  const more = region.getByText('More fields').closest('details');
  const folded = within(more as HTMLElement);
  expect(more?.open).toBe(false);
  expect(more?.contains(region.getByLabelText('Where url comes from'))).toBe(false);
  expect(region.getByText('Choose where it comes from')).toBeTruthy();
  expect(more?.contains(region.getByLabelText('Where text comes from'))).toBe(false);
  await user.click(region.getByText('More fields'));
  await user.selectOptions(folded.getByLabelText('Where headers comes from'), 'row');
  expect(more?.contains(region.getByLabelText('Where headers comes from'))).toBe(true);
  expect(folded.getByText('1 set')).toBeTruthy();
  expect(await violations()).toEqual([]);
});
