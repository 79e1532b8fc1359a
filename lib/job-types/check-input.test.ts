import { expect, it } from 'vitest';
import { toIssues } from '@/lib/contracts/issues';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { checkInput } from './check-input';

const check = (json: string): unknown => {
  const parsed = checkInput('diagnostic', parseJson(json));
  return parsed.success ? stringifyJson(parsed.data) : toIssues(parsed.error);
};

it('keeps digits where any value is allowed', () => {
  const json = '{"payload":{"id":9007199254740993,"list":[0.1000000000000000055,1e400]}}';
  expect(check(json)).toBe(json);
});

it('accepts the long form of a double as a number, and names what a double would change', () => {
  expect(check('{"durationMs":10.000000000000000,"payload":0.10000000000000001}')).toBe(
    '{"durationMs":10,"payload":0.10000000000000001}',
  );
  expect(check('{"durationMs":-0}')).toBe('{"durationMs":0}');
  expect(check('{"durationMs":9007199254740993,"steps":1.0000000000000000001}')).toEqual([
    { path: 'durationMs', message: expect.stringContaining('up to 9,007,199,254,740,991') },
    { path: 'steps', message: expect.stringContaining('up to 9,007,199,254,740,991') },
  ]);
  expect(check('{"outcome":9007199254740993}')).toEqual([
    { path: 'outcome', message: expect.stringContaining('one of') },
  ]);
});
