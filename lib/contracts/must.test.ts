import { expect, it } from 'vitest';
import { must } from './must';

it('returns a value, also an empty one', () => {
  expect([must('', 'a'), must(0, 'b'), must(false, 'c')]).toEqual(['', 0, false]);
});

it.each([null, undefined])('names what is missing when the value is %s', (value) => {
  expect(() => must(value, 'The batch of a child')).toThrow('The batch of a child is missing.');
});
