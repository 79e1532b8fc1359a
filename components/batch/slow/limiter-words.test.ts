import { expect, it } from 'vitest';
import { type SlowDto, TIME_CAUSES } from '@/lib/contracts/slow';
import { estimatedWords, limiterWords } from './limiter-words';

const slow: SlowDto = {
  from: null,
  until: '2026-01-01T00:00:00.000Z',
  elapsedMs: 1000,
  isRunning: true,
  shares: [],
  limiter: {
    cause: 'concurrency',
    share: 0.97,
    limit: 5,
    suggestion: { option: 'concurrency', value: 20, ms: 240_000 },
  },
  work: { meanMs: 1000, totalMs: 1000, attempts: 1, failedAttempts: 1, failedMs: 0 },
  remainingMs: null,
  others: 1,
  estimated: [],
  types: [],
  slowest: [],
};

it('names the limit and what a higher one would change', () => {
  expect(limiterWords(slow)).toEqual({
    sentence: 'The limit of 5 at a time is the brake.',
    advice: 'At 20 it would end in about 4 min. Raise the concurrency.',
  });
  expect(limiterWords({ ...slow, isRunning: false })?.advice).toMatch(/^At 20 it would have taken about 4 min\./);
});

it.each(TIME_CAUSES)('says what to do about %s, with and without a number', (cause) => {
  for (const limit of [null, 0, 5]) {
    const words = limiterWords({ ...slow, limiter: { cause, share: 1, limit, suggestion: null } });
    expect(words?.sentence).toMatch(/^[A-Z].*\.$/);
    expect(words?.advice).toMatch(/^[A-Z].*\.$/);
  }
});

it('says what is estimated', () => {
  expect(estimatedWords(slow)).toBeNull();
  expect(estimatedWords({ ...slow, estimated: ['sample'] })).toBe('Estimated: the shares, from a part of the items.');
});
