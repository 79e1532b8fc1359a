import { describe, expect, it, test } from 'vitest';
import type { ImportField } from '@/lib/contracts/import';
import { columnsOf, fits, similarity, suggestMapping } from './suggest-mapping';

const fields = (...paths: string[]): ImportField[] =>
  paths.map((path) => ({ path, kind: 'text', required: false, main: true, description: null, choices: [] }));

describe('similarity', () => {
  it.each([
    ['durationMs', 'Duration (ms)'],
    ['durationMs', 'duration_ms'],
    ['url', 'Website URL'],
    ['url', 'link'],
    ['title', 'Titles'],
    ['headers.authorization', 'Authorization'],
    ['année', 'ANNEE'],
  ])('matches %s with %s', (field, column) => expect(similarity(field, column)).toBeGreaterThanOrEqual(0.6));

  it.each([
    ['durationMs', 'customer'],
    ['url', 'colour'],
    ['text', 'tax'],
    ['steps', ''],
    ['payload', '!!!'],
  ])('does not match %s with %s', (field, column) => expect(similarity(field, column)).toBeLessThan(0.6));
});

test('the most similar pair is chosen first, and a column is used once', () => {
  expect(suggestMapping(fields('url', 'title'), ['Link', 'URL', 'Name'])).toEqual({
    url: { from: 'column', column: 'URL' },
    title: { from: 'column', column: 'Name' },
  });
});

test('a field whose wrong value would reach others takes a column of the same name only', () => {
  expect(suggestMapping(fields('url', 'title'), ['website', 'Name'], ['url'])).toEqual({
    title: { from: 'column', column: 'Name' },
  });
  expect(suggestMapping(fields('url'), ['website', 'URL'], ['url'])).toEqual({
    url: { from: 'column', column: 'URL' },
  });
});

test('a saved mapping fits if its columns and fields exist', () => {
  const mapping = { url: { from: 'template', template: 'https://x/{{id}}' } } as const;
  expect(fits(mapping, fields('url'), ['id'])).toBe(true);
  expect(fits(mapping, fields('url'), ['no'])).toBe(false);
  expect(fits(mapping, fields('title'), ['id'])).toBe(false);
});

test('a saved mapping with a secret fits, because a secret is not a column', () => {
  const mapping = { header: { from: 'template', template: 'Bearer {{ secret:TOKEN }} {{id}}' } } as const;
  expect(columnsOf(mapping)).toEqual(['id']);
  expect(fits(mapping, fields('header'), ['id'])).toBe(true);
});
