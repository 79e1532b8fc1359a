import { expect, test } from 'vitest';
import { shortResult } from './short-result';

test.each([
  ['null', ''],
  ['17', '17'],
  ['"done"', 'done'],
  ['[1,2]', '[1,2]'],
  ['{}', ''],
  [
    '{"columns":{"id":7},"status":200,"url":"https://example.org/1","body":null}',
    'status 200 · url https://example.org/1 · columns {"id":7}',
  ],
  ['{"id":9007199254740993}', 'id 9007199254740993'],
  ['{"text":"cut he…', '{"text":"cut he…'],
])('the result %s is shown as “%s”', (preview, shown) => expect(shortResult(preview)).toBe(shown));
