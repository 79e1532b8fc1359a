import { expect, it } from 'vitest';
import { hashOf, termsOf, wordsOf } from './terms';

it.each([
  ['The Quick-Brown fox!', ['the', 'quick', 'brown', 'fox']],
  ["Don't, don’t", ["don't", "don't"]],
  ['Žluťoučký KŮŇ', ['zlutoucky', 'kun']],
  ['ﬁle № 42a', ['file', 'no', '42a']],
  ['東京都 猫', ['東京', '京都', '猫']],
  ['Приве́т мир', ['привет', 'мир']],
  ['… — !', []],
])('returns the words of %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

it('maps each word to one 32-bit number, the same on every machine', () => {
  expect(termsOf(['a', 'b', 'a'])).toEqual([hashOf('a'), hashOf('b')]);
  expect(hashOf('batchyard')).toBe(hashOf('batchyard') | 0);
  expect(hashOf('batchyard')).not.toBe(hashOf('batchyard', 1));
});
