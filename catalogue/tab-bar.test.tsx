import { screen, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as shell from './stories/shell.stories';
import { visited } from './story';

const tabs = () => screen.getAllByRole('navigation', { name: 'Main navigation' }).at(-1) as HTMLElement;

test('on a phone, what has no room at the bottom is behind “More”', async () => {
  const { user, settle } = await renderStory(shell.OnPhone);
  const shown = within(tabs())
    .getAllByRole('link')
    .map((link) => link.textContent);
  expect(shown).toEqual(['Overview', 'Batches', 'Jobs', 'Flows', 'New batch']);
  await user.click(within(tabs()).getByRole('button', { name: 'More' }));
  await settle();
  const behind = screen.getAllByRole('menuitem').map((item) => item.textContent);
  expect(behind).toEqual(['Schedules', 'Dead letters4,431', 'Bulk actions', 'History']);
  expect(await violations()).toEqual([]);
  await user.click(screen.getByRole('menuitem', { name: /Dead letters/ }));
  expect(visited).toEqual(['/dead-letters']);
});
