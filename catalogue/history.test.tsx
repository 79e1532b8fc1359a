import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { renderStory, violations } from './render-story';
import * as stories from './stories/history.stories';

test('a range is chosen with one click, and can then be compared', async () => {
  const { user } = await renderStory(stories.LastHour);
  await user.click(screen.getByRole('button', { name: '7 days' }));
  const button = await screen.findByRole('button', { name: 'Compare with the day before' });
  expect(button.getAttribute('aria-disabled')).toBeNull();
  expect(screen.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed')).toBe('true');
});

test('the address holds range, type, comparison and table; failures lead to their jobs', async () => {
  await renderStory({ ...stories.WeekCompared, path: `${stories.WeekCompared.path}&as=table` });
  expect(screen.getByRole('combobox', { name: 'Job type' })).toHaveProperty('value', 'diagnostic');
  expect(screen.getByRole('button', { name: /^Compare/ }).getAttribute('aria-pressed')).toBe('true');
  const table = await screen.findByRole('region', { name: 'History as a table' });
  expect(within(table).getAllByRole('row').length).toBeGreaterThan(150);
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
  fireEvent.change(slider, { target: { value: '4' } });
  const chosen = await screen.findByRole('region', { name: 'Chosen time' });
  const link = await within(chosen).findByRole('link', { name: /failed$/ });
  expect(link.getAttribute('href')).toContain('status%3Afailed');
  await user.click(within(chosen).getByRole('button', { name: 'Clear' }));
  await waitFor(() => expect(within(chosen).queryByRole('link', { name: /failed$/ })).toBeNull());
});

test('the last point is chosen with End, although the slider stands there already', async () => {
  await renderStory(stories.LastHour);
  const chosen = await screen.findByRole('region', { name: 'Chosen time' });
  const slider = within(chosen).getByRole('slider', { name: 'Choose a time' });
  fireEvent.keyUp(slider, { key: 'Tab' });
  expect(within(chosen).queryByRole('button', { name: 'Clear' })).toBeNull();
  fireEvent.keyUp(slider, { key: 'End' });
  await within(chosen).findByRole('button', { name: 'Clear' });
});
