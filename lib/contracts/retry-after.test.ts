import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after';

const now = Date.parse('2026-01-01T00:00:00Z');

it.each([
  [{}, undefined],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': ' 2 ' }, 2000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Thursday, 01-Jan-26 00:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Thu Jan  1 00:00:30 2026' }, 30_000],
  [{ 'retry-after': '99999999' }, 24 * 3600 * 1000],
  [{ 'retry-after': '9'.repeat(400) }, 24 * 3600 * 1000],
  [{ 'retry-after': '2', 'retry-after-ms': '150' }, 150],
  [{ 'retry-after': '2', 'retry-after-ms': '0' }, 2000],
])('%j is %s ms', (headers, ms) => {
  expect(retryAfterMs(new Headers(headers), now)).toBe(ms);
});

it.each([
  '0',
  '0.0',
  '-5',
  '-0',
  '+2',
  '1e3',
  '0x10',
  'Infinity',
  'NaN',
  '',
  'soon',
  'in 5 minutes',
  'try 2099',
  '2, 5',
  '2 seconds',
  '2099-01-01',
  'Wed, 31 Dec 2025 00:00:00 GMT',
  'Thu, 01 Jan 2026 00:00:00 GMT',
  'Thu, 41 Jan 2026 00:00:00 GMT',
])('%j is not a valid Retry-After', (value) => {
  expect(retryAfterMs(new Headers({ 'retry-after': value }), now)).toBeUndefined();
  expect(retryAfterMs(new Headers({ 'retry-after-ms': value }), now)).toBeUndefined();
});
