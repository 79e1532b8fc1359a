import { expect, it } from 'vitest';
import { FractionalOptions, parameterProblems } from './parameters';
import { Sources } from './sources';

const options = new FractionalOptions(new Sources(process.cwd()));
const problems = (text: string, types: (string | undefined)[]) => parameterProblems(text, [], types, options);

it('accepts a whole number in comparisons, assignments and limits, and in arithmetic with a cast', () => {
  expect(problems('select 1 where a = $1 and b > $2 limit $3', ['int4', 'int4', 'int8'])).toEqual([]);
  expect(problems("update t set a = a + $1::int, b = b->$2, c = $3->>'x'", ['int4', 'int4', undefined])).toEqual([]);
});

it('finds arithmetic without a cast, on both sides of the operator', () => {
  expect(problems('select $1 / 60', ['int4'])).toEqual([expect.stringContaining('parameter 1 is taken for int4')]);
  expect(problems('update t set a = $1, b = b - $2', ['int4', 'int4'])).toEqual([
    expect.stringContaining('parameter 2'),
  ]);
});

it('finds two parameters that are compared with each other', () => {
  expect(problems('select $1 > $2', [undefined, undefined])).toEqual([expect.stringContaining('as text')]);
  expect(problems('select $1::float8 > $2', [undefined, undefined])).toEqual([]);
});
