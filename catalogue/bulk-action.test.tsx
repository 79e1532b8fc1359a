import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { aBulkAction, anEstimate } from './bulk-action-fixtures';
import { renderStory, violations } from './render-story';
import { json, problem } from './server';
import * as stories from './stories/bulk-action.stories';
import { visited } from './story';

const dialog = () => within(screen.getByRole('dialog'));
const started = { bulkAction: aBulkAction() };

/** Answers estimates with these, the last one from then on, and starts with `start`. */
const answers = (estimates: unknown[], start: unknown = started) => {
  let asked = 0;
  return (url: URL, init: RequestInit | undefined) => {
    const isStart = String(init?.body).includes('token');
    const answer = isStart ? start : estimates[Math.min(asked++, estimates.length - 1)];
    return typeof answer === 'function' ? answer(url, init) : json(answer, isStart ? 201 : 200)(url, init);
  };
};
const withAnswers = (story: (typeof stories)['Retry'], estimates: unknown[], start?: unknown) => ({
  ...story,
  routes: { 'POST /bulk-actions': answers(estimates, start) },
});

test('it says how many jobs of which states and batches, and why some are skipped, before it starts them', async () => {
  const { user, settle, server } = await renderStory(withAnswers(stories.Retry, [anEstimate()]));
  expect(dialog().getByText('Retry 70 of 74 jobs in 3 batches')).toBeTruthy();
  expect(dialog().getByText('68 failed')).toBeTruthy();
  expect(within(dialog().getByRole('list', { name: 'Skipped' })).getByText('It is running.')).toBeTruthy();
  expect(dialog().getByText('embed-handbook')).toBeTruthy();
  expect(dialog().getByText('handbook-005.pdf')).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: 'Retry 70 jobs' }));
  await settle();
  const sent = server.bodies.filter((body) => typeof body === 'object' && body !== null);
  expect(sent).toEqual([
    { action: 'retry', query: 'status:failed,cancelled data.customer:acme', waitSeconds: 10, dry: true },
    { token: 't1' },
  ]);
  await user.click(screen.getByRole('button', { name: 'Follow it' }));
  expect(visited).toContain('/bulk-actions/ba1');
});

test('a rate and a note are part of a new estimate, which starts at once if the number is the same', async () => {
  const { user, settle, server } = await renderStory(
    withAnswers(stories.Retry, [anEstimate(), anEstimate({ token: 't2' })]),
  );
  await user.type(dialog().getByLabelText('Jobs a minute, at most'), '10');
  expect(dialog().getByText('Takes about 7 min')).toBeTruthy();
  await user.type(dialog().getByLabelText(/^Note/), 'the endpoint is back');
  await user.click(dialog().getByRole('button', { name: 'Retry 70 jobs' }));
  await settle();
  expect(server.bodies).toContainEqual(
    expect.objectContaining({ ratePerMinute: 10, note: 'the endpoint is back', dry: true }),
  );
  expect(server.bodies).toContainEqual({ token: 't2' });
});

const part = (rows: number, changes: number) =>
  anEstimate({ action: 'tag', searched: { all: false, rows }, matched: changes, changes, willSkip: [], runsAgain: [] });
const continued = (bodies: readonly unknown[]) =>
  bodies.filter((body) => JSON.stringify(body) === '{"token":"t1","waitSeconds":10,"dry":true}').length;

test('a search that brings nothing more stops, and goes on when it is asked to', async () => {
  const whole = anEstimate({ searched: { all: true, rows: 9000 } });
  const found = [part(5000, 10), part(5000, 10), whole];
  const { user, settle, server } = await renderStory({
    ...stories.Retry,
    routes: {
      'POST /bulk-actions': (url: URL, init: RequestInit | undefined) => json(found.shift() ?? whole)(url, init),
    },
  });
  expect(dialog().getByText('The newest 5,000 jobs were searched')).toBeTruthy();
  expect(continued(server.bodies)).toBe(1);
  await user.click(dialog().getByRole('button', { name: 'Search on' }));
  await settle();
  expect(continued(server.bodies)).toBe(2);
  expect(dialog().getByText('Retry 70 of 74 jobs in 3 batches')).toBeTruthy();
});

test('what a search finds for other rules is not shown any more', async () => {
  let answerLate: (response: Response | Promise<Response>) => void = () => undefined;
  const { user, settle, server } = await renderStory({
    ...stories.Tag,
    routes: {
      'POST /bulk-actions': (url: URL, init: RequestInit | undefined) =>
        String(init?.body).includes('"token"')
          ? new Promise<Response>((resolve) => {
              answerLate = resolve;
            })
          : json(part(5000, 10))(url, init),
    },
  });
  await user.type(dialog().getByLabelText('Add tags'), 'a');
  await user.click(dialog().getByRole('button', { name: 'Preview' }));
  expect(await dialog().findByText('Tag 10 jobs in 3 batches')).toBeTruthy();
  await user.type(dialog().getByLabelText('Add tags'), 'b');
  answerLate(json(part(9000, 20))(new URL('http://x'), undefined));
  await settle();
  expect(dialog().queryByText(/^Tag 20 jobs/)).toBeNull();
  expect(continued(server.bodies)).toBe(1);
});

test('a number that has changed is shown, and nothing starts before it is confirmed', async () => {
  const { user, settle, server } = await renderStory(
    withAnswers(stories.Retry, [anEstimate(), anEstimate({ token: 't2', changes: 72, matched: 76 })]),
  );
  await user.type(dialog().getByLabelText(/^Note/), 'again');
  await user.click(dialog().getByRole('button', { name: 'Retry 70 jobs' }));
  await settle();
  expect(dialog().getByText('The number changed from 70 to 72')).toBeTruthy();
  expect(server.bodies).not.toContainEqual({ token: 't2' });
  await user.click(dialog().getByRole('button', { name: 'Retry 72 jobs' }));
  await settle();
  expect(server.bodies).toContainEqual({ token: 't2' });
});

test('an estimate that has expired is made again, and nothing starts', async () => {
  const expired = problem(404, 'not-found', 'The estimate has expired.');
  const { user, settle } = await renderStory(withAnswers(stories.Retry, [anEstimate(), anEstimate()], expired));
  await user.click(dialog().getByRole('button', { name: 'Retry 70 jobs' }));
  await settle();
  expect(dialog().getByText('The estimate had expired')).toBeTruthy();
  expect(await violations()).toEqual([]);
});

test('above 10,000 jobs the number is typed', async () => {
  const { user, settle, server } = await renderStory(stories.Many);
  const button = () => dialog().getByRole('button', { name: 'Delete 184,200 jobs' });
  expect(button().getAttribute('aria-disabled')).toBe('true');
  await user.click(button());
  await settle();
  expect(server.bodies).not.toContainEqual({ token: 't1' });
  await user.type(dialog().getByLabelText('Type 184,200 to confirm'), '184,200');
  expect(button().getAttribute('aria-disabled')).toBeNull();
  await user.click(button());
  await settle();
  expect(server.bodies).toContainEqual({ token: 't1' });
});

test('discarding needs a note', async () => {
  const { user } = await renderStory(stories.Discard);
  const button = () => dialog().getByRole('button', { name: 'Discard 68 jobs' });
  expect(button().getAttribute('aria-disabled')).toBe('true');
  await user.type(dialog().getByLabelText('Note'), 'test data');
  expect(button().getAttribute('aria-disabled')).toBeNull();
});

test('an edit is previewed row by row, and a change of its rules needs a new preview', async () => {
  const { user, settle, server } = await renderStory(stories.Edit);
  expect(server.requests).not.toContain('POST /bulk-actions');
  await user.type(dialog().getByLabelText('Field'), 'url');
  await user.type(dialog().getByLabelText('New value'), '"https://a"');
  await user.click(dialog().getByRole('button', { name: 'Preview' }));
  await settle();
  expect(server.bodies).toContainEqual(expect.objectContaining({ action: 'edit', set: { url: '"https://a"' } }));
  expect(dialog().getByText('"https://a"')).toBeTruthy();
  expect(await violations()).toEqual([]);
  await user.type(dialog().getByLabelText('New value'), ' & "b"');
  expect(dialog().getByRole('button', { name: 'Edit and retry' }).getAttribute('aria-disabled')).toBe('true');
});

test('a refusal says why, and can be tried again', async () => {
  const { user, settle, server } = await renderStory(stories.Refused);
  expect(dialog().getByText('An operator can retry jobs; you are a viewer.')).toBeTruthy();
  await user.click(dialog().getByRole('button', { name: 'Estimate again' }));
  await settle();
  expect(server.requests.filter((request) => request === 'POST /bulk-actions')).toHaveLength(2);
});

test('nothing to change starts nothing', async () => {
  await renderStory(stories.NothingToChange);
  expect(dialog().getByText('None of 74 jobs can be changed so')).toBeTruthy();
  expect(dialog().getByRole('button', { name: 'Cancel' }).getAttribute('aria-disabled')).toBe('true');
});

test('a running action shows its progress and why jobs were skipped, and is aborted after a question', async () => {
  const { user, settle, server } = await renderStory({
    ...stories.Running,
    routes: { ...stories.Running.routes, 'POST /bulk-actions/ba1/abort': { bulkAction: aBulkAction() } },
  });
  expect(screen.getByRole('heading', { name: 'Retry 74 jobs' })).toBeTruthy();
  expect(
    within(screen.getByRole('list', { name: 'Skipped' }))
      .getByRole('link')
      .getAttribute('href'),
  ).toBe('/jobs/j-active');
  expect(screen.getByRole('link', { name: 'Open what it matched' }).getAttribute('href')).toContain(
    '/jobs?query=status',
  );
  await user.click(screen.getByRole('button', { name: 'Abort' }));
  const question = within(screen.getByRole('alertdialog'));
  expect(question.getByText(/About 38 jobs will stay as they are/)).toBeTruthy();
  await user.click(question.getByRole('button', { name: 'Abort it' }));
  await settle();
  expect(server.requests).toContain('POST /bulk-actions/ba1/abort');
});

test('who may not abort a bulk action reads why', async () => {
  await renderStory(stories.RunningForViewer);
  expect(screen.queryByRole('button', { name: 'Abort' })).toBeNull();
  expect(screen.getByText(/abort bulk actions/)).toBeTruthy();
});

test('the list says the query, who started it and how far it is', async () => {
  await renderStory(stories.List);
  expect(screen.getAllByText('status:failed,cancelled data.customer:acme').length).toBeGreaterThan(0);
  expect(screen.getByText('jobs that were picked')).toBeTruthy();
  expect(screen.getByText('Mika')).toBeTruthy();
});
