import { expect, test } from 'vitest';
import { shares } from './embed';

test.each([
  [11, [1, 1], [6, 5]],
  [10, [1, 1, 1], [3, 4, 3]],
  [1, [5, 5, 5], [0, 1, 0]],
  [100, [1, 99], [1, 99]],
  [0, [3, 4], [0, 0]],
  [7, [9], [7]],
  [7, [0, 0], [7, 0]],
])('%d tokens for texts of the lengths %j are shared out as %j', (total, lengths, expected) => {
  expect(shares(total, lengths)).toEqual(expected);
  expect(expected.reduce((sum, share) => sum + share, 0)).toBe(total);
});
