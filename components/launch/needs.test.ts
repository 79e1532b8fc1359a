import { expect, test } from 'vitest';
import { givesOf, needsOf } from './needs';

const schema = (required: string[], optional: string[]) => ({
  required,
  properties: Object.fromEntries([...required, ...optional].map((name) => [name, {}])),
});
const needs = (required: string[], optional: string[]) =>
  needsOf({ acceptsFiles: false, inputSchema: schema(required, optional) });

test('required fields are separated from optional ones', () => {
  expect(needs(['url'], ['method', 'headers'])).toBe('url (2 more optional)');
  expect(needs(['modelFileId', 'row'], [])).toBe('modelFileId, row');
  expect(needs([], ['steps', 'payload'])).toBe('any of steps, payload');
  expect(needs([], ['field'])).toBe('field, if wanted');
  expect(needsOf({ acceptsFiles: true, inputSchema: schema(['fileId'], []) })).toBe('files, or rows');
});

test('a type without properties accepts and returns anything', () => {
  expect(needs([], [])).toBe('anything');
  expect(givesOf({ outputSchema: {} })).toBe('anything');
});

test('a long list of names is shortened, with the number of the others', () => {
  expect(givesOf({ outputSchema: schema(['a', 'b', 'c', 'd', 'e', 'f', 'g'], []) })).toBe('a, b, c, d, e + 2 more');
});
