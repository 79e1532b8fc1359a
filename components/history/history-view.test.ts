import { describe, expect, test } from 'vitest';
import { comparisonOf, jobsQuery, loneValues, stepFor, viewOf } from './history-view';

const NOW = Date.parse('2026-06-30T12:00:00Z');
const HOUR = 3_600_000;
const ago = (hours: number) => new Date(NOW - hours * HOUR).toISOString();
const view = (query: string) => viewOf(new URLSearchParams(query), NOW);

describe('the URL holds what is shown', () => {
  test('a range, a type, a comparison and the table', () => {
    expect(view('range=7d&type=diagnostic&compare=before&as=table')).toEqual({
      range: '7d',
      step: 'hour',
      span: { lastMs: 7 * 24 * HOUR },
      type: 'diagnostic',
      compare: true,
      asTable: true,
    });
  });

  test('what it does not say is the last hour by the minute', () => {
    for (const query of ['', 'range=odd', 'from=yesterday&to=now', `from=${ago(1)}&to=${ago(2)}`])
      expect(view(query)).toMatchObject({ range: '1h', step: 'minute' });
  });

  test('a range of one’s own has the shortest step that is kept for it', () => {
    expect(stepFor(ago(1.5), ago(0), NOW)).toBe('minute');
    expect(stepFor(ago(5), ago(4), NOW)).toBe('hour');
    expect(stepFor(ago(24 * 8), ago(24 * 7), NOW)).toBe('day');
    expect(view(`from=${ago(5)}&to=${ago(4)}`)).toMatchObject({ range: '', step: 'hour' });
  });
});

test('hours are compared with the day before, days with as many days, minutes with nothing', () => {
  expect(comparisonOf(view('range=24h'), NOW)).toEqual({ backMs: 24 * HOUR, label: 'the day before' });
  expect(comparisonOf(view('range=30d'), NOW)).toEqual({ backMs: 30 * 24 * HOUR, label: 'the 30 days before' });
  expect(comparisonOf(view('range=1h'), NOW)).toHaveProperty('reason');
  expect(comparisonOf(view('range=400d'), NOW)).toHaveProperty('reason');
});

test('the jobs behind a point are found by their end, its last millisecond included', () => {
  expect(jobsQuery(NOW - HOUR, NOW, { status: 'failed', type: 'diagnostic' })).toBe(
    'finished:2026-06-30T11:00:00.000Z..2026-06-30T11:59:59.999Z status:failed type:diagnostic',
  );
});

test('a value between gaps is found, because no line shows it', () => {
  expect(loneValues([null, 5, null, 3, 4, null, 7])).toEqual([1, 6]);
  expect(loneValues([0])).toEqual([0]);
  expect(loneValues([1, 2, null, null])).toBeNull();
});
