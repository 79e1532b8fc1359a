import { expect, test } from 'vitest';
import {
  formatBytes,
  formatCosts,
  formatDuration,
  formatEta,
  formatPercent,
  formatRate,
  formatRelative,
  sayRunAgain,
} from './format';

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [1400, '1.4 s'],
  [1000, '1 s'],
  [9_960, '10 s'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [100 * 3_600_000, '4 d 4 h'],
])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [{}, ''],
  [{ tokens: 1 }, '1 token'],
  [{ tokens: 12_500, usd: 1.239 }, '12,500 tokens · $1.24'],
  [{ usd: 0.000_125 }, '$0.000125'],
  [{ usd: 0.5 }, '$0.50'],
])('costs of %j are %s', (costs, text) => expect(formatCosts(costs)).toBe(text));

test('a percentage is 100 only when everything is finished, and not 0 once something is', () => {
  expect(formatPercent(99.99)).toBe('99%');
  expect(formatPercent(0.2)).toBe('<1%');
  expect(formatPercent(0)).toBe('0%');
  expect(formatPercent(0, false, true)).toBe('<1%');
  expect(formatPercent(100)).toBe('100%');
});

test('a rate has a suitable unit', () => {
  expect(formatRate(312.4)).toBe('312 /s');
  expect(formatRate(4.21)).toBe('4.2 /s');
  expect(formatRate(0.3)).toBe('18 /min');
  expect(formatRate(null)).toBe('–');
});

test('an estimate shows how certain it is', () => {
  expect(formatEta(null, 500, 1000)).toBe('too early to say');
  expect(formatEta(240, 2, 1000)).toBe('too early to say');
  expect(formatEta(360, 10, 1000)).toBe('4–10 min left');
  expect(formatEta(240, 700, 1000)).toBe('about 4 min left');
});

test('bytes and relative times are readable', () => {
  expect(formatBytes(1_400_000)).toBe('1.4 MB');
  const now = Date.parse('2026-03-12T12:00:00Z');
  expect(formatRelative('2026-03-12T11:56:00Z', now)).toBe('4 min ago');
  expect(formatRelative('2026-03-12T15:00:00Z', now)).toBe('in 3 h');
});

test('one item runs again, and several items run again', () => {
  expect(sayRunAgain(1, 'edited item')).toBe('1 edited item runs again');
  expect(sayRunAgain(1200, 'item')).toBe('1,200 items run again');
});
