import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { BATCHES } from './fixtures';
import { renderStory } from './render-story';
import * as batch from './stories/batch.stories';
import * as shell from './stories/shell.stories';

const button = (name: string | RegExp) => screen.getByRole('button', { name });

test('an option is changed in place, with the present value beside the field', async () => {
  const { user, server } = await renderStory({
    ...batch.Running,
    routes: { ...batch.Running.routes, 'PATCH /batches/b1': { batch: BATCHES.running } },
  });
  await user.click(button('Change Concurrency'));
  const field = screen.getByRole('textbox', { name: /^Concurrency/ });
  expect(document.activeElement).toBe(field);
  await user.type(field, 'many');
  await user.click(button('Save'));
  expect((await screen.findByRole('alert')).textContent).toBe('Concurrency must be a number.');
  expect(server.requests).not.toContain('PATCH /batches/b1');
  await user.clear(field);
  await user.type(field, '40{Enter}');
  await waitFor(() => expect(server.requests).toContain('PATCH /batches/b1'));
  await waitFor(() => expect(document.activeElement).toBe(button('Change Concurrency')));
});

test('a change is left with Escape, and nothing is sent', async () => {
  const { user, server } = await renderStory(batch.Running);
  await user.click(button('Change Name'));
  await user.type(screen.getByRole('textbox', { name: /^Name/ }), ' anew{Escape}');
  expect(document.activeElement).toBe(button('Change Name'));
  expect(server.requests).not.toContain('PATCH /batches/b1');
});

test('a viewer sees options and changes none', async () => {
  await renderStory(batch.RunningForViewer);
  expect(screen.getByRole('heading', { name: 'Options' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Change/ })).toBeNull();
});

test('of a batch that has ended only the labels can be changed', async () => {
  await renderStory(batch.Completed);
  const names = screen.getAllByRole('button', { name: /^Change/ }).map((each) => each.getAttribute('aria-label'));
  expect(names).toEqual(['Change Name', 'Change Tags', 'Change Metadata']);
});

test('a batch whose budget is spent asks for another one', async () => {
  const { user, server } = await renderStory({
    ...batch.OverBudget,
    routes: { ...batch.OverBudget.routes, 'POST /batches/b1/resume': { batch: BATCHES.running } },
  });
  expect(screen.getByText('Paused: 20 items failed')).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull();
  expect(button('Continue without a budget')).toBeTruthy();
  await user.click(button('Continue with another 20'));
  await waitFor(() => expect(server.requests).toContain('POST /batches/b1/resume'));
});

test('a batch shows what it cost, and after its budget of money asks for more', async () => {
  const { user, server } = await renderStory({
    ...batch.OverBudgetOfMoney,
    routes: { ...batch.OverBudgetOfMoney.routes, 'POST /batches/b1/resume': { batch: BATCHES.running } },
  });
  expect(screen.getByText('cost 120,400 tokens · $2.52')).toBeTruthy();
  expect(screen.getByText('Paused: it has cost $2.52')).toBeTruthy();
  await user.click(button('Continue with another $2.50'));
  await waitFor(() => expect(server.requests).toContain('POST /batches/b1/resume'));
});

test('a budget of tokens is set in place, and one that is no whole number is refused', async () => {
  const { user, server } = await renderStory({
    ...batch.Running,
    routes: { ...batch.Running.routes, 'PATCH /batches/b1': { batch: BATCHES.running } },
  });
  await user.click(button('Change Budget of tokens'));
  const field = screen.getByRole('textbox', { name: /^Budget of tokens/ });
  await user.type(field, '0{Enter}');
  expect((await screen.findByRole('alert')).textContent).toBe('Budget of tokens must be at least 1.');
  await user.clear(field);
  await user.type(field, '5000{Enter}');
  await waitFor(() => expect(server.requests).toContain('PATCH /batches/b1'));
});

test('everything is paused after a question', async () => {
  const { user, server } = await renderStory({
    ...shell.Live,
    routes: { ...shell.Live.routes, 'POST /pause-all': { paused: true, batches: 2 } },
  });
  await user.click(button(/Capacity:/));
  await user.click(button('Pause everything'));
  const question = screen.getByRole('alertdialog');
  await user.click(within(question).getByRole('button', { name: 'Pause everything' }));
  await waitFor(() => expect(server.requests).toContain('POST /pause-all'));
});

test('the banner says who paused everything, and resumes it', async () => {
  const paused = await renderStory({
    ...shell.Paused,
    routes: { ...shell.Paused.routes, 'POST /resume-all': { paused: false, batches: 2 } },
  });
  expect(screen.getByText(/By Mika/)).toBeTruthy();
  await paused.user.click(button('Resume everything'));
  await waitFor(() => expect(paused.server.requests).toContain('POST /resume-all'));
});

test('who may not resume sees who may', async () => {
  await renderStory(shell.PausedForMember);
  expect(screen.queryByRole('button', { name: 'Resume everything' })).toBeNull();
  expect(screen.getByText(/An administrator can pause and resume everything; you are/)).toBeTruthy();
});
