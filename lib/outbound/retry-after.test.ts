import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after';

const now = Date.parse('2026-01-01T00:00:00Z');

it.each([
  [{}, undefined],
  [{ 'retry-after': '2' }, 2000],
  [{ 'retry-after': '0' }, 1],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 1],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '99999999' }, 24 * 3600 * 1000],
  [{ 'retry-after': '2', 'retry-after-ms': '150' }, 150],
])('%j is %s ms', (headers, ms) => {
  expect(retryAfterMs(new Headers(headers), now)).toBe(ms);
});
