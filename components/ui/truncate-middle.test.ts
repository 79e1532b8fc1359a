import { expect, test } from 'vitest';
import { splitTail } from './truncate-middle';

test('cuts a text before its last characters', () => {
  expect(splitTail('anordersofmarch.csv', 8)).toEqual(['anordersofm', 'arch.csv']);
  expect(splitTail('short', 8)).toEqual(['short', '']);
});

test('does not cut into a word that begins near', () => {
  expect(splitTail('document-processing 28 Nov 23:55', 8)).toEqual(['document-processing 28', ' Nov 23:55']);
  expect(splitTail('orders-of-march.csv', 8)).toEqual(['orders-of', '-march.csv']);
  const id = '01a22f14-f15c-7c06-9d0e-2c43e8192c2f';
  expect(splitTail(id, 8)).toEqual([id.slice(0, 28), id.slice(28)]);
});

test('never splits a grapheme', () => {
  expect(splitTail('a😀b', 2)).toEqual(['a', '😀b']);
  expect(splitTail('of a family 👩‍👩‍👧‍👦', 4)).toEqual(['of a family', ' 👩‍👩‍👧‍👦']);
  expect(splitTail('cafe\u0301s', 2)).toEqual(['caf', 'e\u0301s']);
});

test('keeps a right-to-left text whole', () => {
  expect(splitTail('דוח של חודש מרץ לשנת אלפיים', 8)).toEqual(['דוח של חודש מרץ לשנת אלפיים', '']);
});

test('is one line', () => {
  expect(splitTail('data: x\r\n\r\nevent: y\u2028end of it', 3)).toEqual(['data: x event: y end of', ' it']);
  expect(splitTail('a\nb', 0)).toEqual(['a b', '']);
});
