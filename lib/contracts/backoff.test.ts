import { expect, test } from 'vitest';
import { exponential, withJitter } from './backoff';

test('the delay doubles with each failure, up to the maximum', () => {
  const delay = exponential({ base: 100, max: 1000 });
  expect([1, 2, 3, 4, 5, 2000].map(delay)).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('jitter only adds to the delay, up to its share', () => {
  expect(withJitter(1000, 0.25, () => 0)).toBe(1000);
  expect(withJitter(1000, 0.25, () => 0.5)).toBe(1125);
  expect(exponential({ base: 100, max: 200, jitter: 1, random: () => 1 })(9)).toBe(400);
});

test('a delay of zero stays zero', () => {
  expect(withJitter(0, 0.25)).toBe(0);
});
