import { expect, it } from 'vitest';
import { bearerOf } from './headers';

const bytes = (text: string) => Buffer.from(text).toString('latin1');

it.each([
  ['Bearer plain-key', 'plain-key'],
  ['bearer   plain-key', 'plain-key'],
  ['Bearer a key of several words', 'a key of several words'],
  [bytes('Bearer Schlüssel 鍵 🔑'), 'Schlüssel 鍵 🔑'],
  // one byte for a character, as fetch sends it
  ['Bearer Schl\u00fcssel', 'Schlüssel'],
  ['Bearer', undefined],
  ['Basic abc', undefined],
  ['Bearerabc', undefined],
])('reads %j as %j', (authorization, key) => {
  expect(bearerOf(new Headers({ authorization }))).toBe(key);
});

it('reads a missing header as nothing', () => {
  expect(bearerOf(new Headers())).toBeUndefined();
});
