import { expect, it } from 'vitest';
import { fitOf } from './match';

const order = (typed: string, titles: string[]) =>
  titles
    .map((title) => ({ title, fit: fitOf(typed, title) }))
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .map(({ title }) => title);

it('the beginning of a word comes before its inside, and first letters come last', () => {
  expect(order('ba', ['Rebate', 'New batch', 'Basic audit', 'Jobs'])).toEqual(['New batch', 'Basic audit', 'Rebate']);
  expect(order('nb', ['Unbound', 'New batch'])).toEqual(['Unbound', 'New batch']);
});

it('every word must be found, in any order, without regard to case and accents', () => {
  expect(fitOf('batch NEW', 'New batch')).toBeGreaterThan(0);
  expect(fitOf('new flow', 'New batch')).toBe(0);
  expect(fitOf('resume', 'Résumé')).toBeGreaterThan(0);
});

it('the title counts more than further search terms', () => {
  expect(fitOf('cron', 'Cron jobs')).toBeGreaterThan(fitOf('cron', 'Schedules', 'cron clock'));
  expect(fitOf('cron', 'Schedules', 'cron clock')).toBeGreaterThan(0);
});

it('nothing typed fits everything equally', () => {
  expect(fitOf(' ', 'Anything')).toBe(1);
});
