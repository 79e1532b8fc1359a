import { expect, it } from 'vitest';
import { must } from './must';

it('gives a value that is there, empty ones too', () => {
  expect([must('', 'a'), must(0, 'b'), must(false, 'c')]).toEqual(['', 0, false]);
});

it.each([null, undefined])('names what is missing where there is %s', (value) => {
  expect(() => must(value, 'The batch of a child')).toThrow('The batch of a child is missing.');
});
