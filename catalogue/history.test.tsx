import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as stories from './stories/history.stories';

const shown = () => new URLSearchParams(globalThis.location.search);

test('a range, a job type and the table are chosen by keyboard, and are in the address', async () => {
  const { user } = await renderStory(stories.LastHour);
  await user.click(screen.getByRole('button', { name: '7 days' }));
  await user.selectOptions(screen.getByRole('combobox', { name: 'Job type' }), 'diagnostic');
  await user.click(screen.getByRole('button', { name: 'Compare with the day before' }));
  await user.click(screen.getByRole('button', { name: 'Show as table' }));
  const table = await screen.findByRole('region', { name: 'History as a table' });
  await waitFor(() => expect(within(table).getAllByRole('row').length).toBeGreaterThan(150));
  expect(Object.fromEntries(shown())).toEqual({ range: '7d', type: 'diagnostic', compare: 'before', as: 'table' });
  const [failures] = within(table).getAllByRole('link');
  expect(failures?.getAttribute('href')).toMatch(/^\/jobs\?query=finished%3A.*status%3Afailed%20type%3Adiagnostic$/);
  expect(await violations()).toEqual([]);
});

test('minutes cannot be compared, and the button says why', async () => {
  await renderStory(stories.LastHour);
  const button = screen.getByRole('button', { name: /^Compare/ });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  expect(document.body.textContent).toContain('Minutes are kept for 2 hours');
});

test('the slider chooses a point, says what ended in it, and leads to those jobs', async () => {
  const { user } = await renderStory(stories.LastHour);
  const slider = (await screen.findByRole('slider', { name: 'Choose a time' })) as HTMLInputElement;
  expect(slider.getAttribute('aria-valuetext')).toMatch(/completed, .* failed/);
  const { fireEvent } = await import('@testing-library/react');
  fireEvent.change(slider, { target: { value: '4' } });
  const chosen = await screen.findByRole('region', { name: 'Chosen time' });
  const link = await within(chosen).findByRole('link', { name: /failed$/ });
  expect(link.getAttribute('href')).toContain('status%3Afailed');
  await user.click(within(chosen).getByRole('button', { name: 'Clear' }));
  await waitFor(() => expect(within(chosen).queryByRole('link', { name: /failed$/ })).toBeNull());
});
