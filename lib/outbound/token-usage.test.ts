import { expect, test } from 'vitest';
import { tokensOf } from './token-usage';

test('the tokens of an answer are its total, or the sum of what went in and came out', () => {
  expect(tokensOf({ usage: { prompt_tokens: 4, completion_tokens: 6, total_tokens: 12 } })).toBe(12);
  expect(tokensOf({ usage: { prompt_tokens: 4, completion_tokens: 6 } })).toBe(10);
  expect(tokensOf({ usage: { input_tokens: 7, output_tokens: 1 } })).toBe(8);
  expect(tokensOf({ usage: { prompt_tokens: 4 } })).toBe(4);
});

test('an answer without such numbers says nothing', () => {
  for (const answer of [
    null,
    'usage',
    [],
    {},
    { usage: 3 },
    { usage: { total_tokens: '9' } },
    { usage: { total_tokens: -1 } },
  ])
    expect(tokensOf(answer)).toBeUndefined();
});
