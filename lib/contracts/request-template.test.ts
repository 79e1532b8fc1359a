import { describe, expect, it } from 'vitest';
import { AddressError } from './address';
import { leadsNowhere, parseJsonPath, readJsonPath } from './json-path';
import { fill, fillAddress, fillJson, MissingValueError, textsOf } from './request-template';
import { columnsIn, parseTemplate, renderTemplate, secretsIn } from './template';

const filling = {
  values: {
    id: 7,
    name: 'a/b?c',
    list: [1, { x: null }],
    evil: '{{secret:KEY}}{{id}}',
    address: { city: 'Ulm' },
    url: 'https://a.test/x?y',
  },
  secret: (name: string) => `<${name}>`,
};

describe('a template', () => {
  it.each([
    ['Bearer {{ secret:KEY }} {{id}}', 'Bearer <KEY> 7'],
    ['{{list}}', '[1,{"x":null}]'],
    ['no {hole} {{ }} {{', 'no {hole} {{ }} {{'],
    ['x{{evil}}', 'x{{secret:KEY}}{{id}}'],
  ])('fills %s', (template, text) => {
    expect(fill(template, filling)).toBe(text);
  });

  it('is filled once, whatever its values contain', () => {
    expect(fill('{{evil}} {{secret:KEY}}', filling)).toBe('{{secret:KEY}}{{id}} <KEY>');
    expect(fillJson({ a: '{{evil}}', b: 'x {{evil}}' }, filling)).toEqual({
      a: '{{secret:KEY}}{{id}}',
      b: 'x {{secret:KEY}}{{id}}',
    });
  });

  it('keeps the types of JSON', () => {
    const json = { a: '{{id}}', b: ['{{list}}', 'n{{id}}', true, null], c: { d: '{{address}}' } };
    expect(fillJson(json, filling)).toEqual({
      a: 7,
      b: [[1, { x: null }], 'n7', true, null],
      c: { d: { city: 'Ulm' } },
    });
    expect(textsOf(json)).toEqual(['{{id}}', '{{list}}', 'n{{id}}', '{{address}}']);
  });

  it('reports missing columns', () => {
    expect(() => fill('{{toString}}', filling)).toThrow(MissingValueError);
    expect(() => fillJson(['{{nothing}}'], filling)).toThrow('The row has no value “nothing”.');
  });

  it('returns the names that it uses', () => {
    expect(secretsIn('{{secret:A}} {{ secret:B }}{{a}}')).toEqual(['A', 'B']);
    expect(columnsIn('{{secret:A}} {{ b }}{{a.c}}')).toEqual(['b', 'a.c']);
  });

  it('of a mapping leaves secrets to the processor', () => {
    expect(renderTemplate(parseTemplate('Bearer {{secret:A}} {{id}}'), { id: 1 })).toBe('Bearer {{secret:A}} 1');
  });
});

describe('the template of an address', () => {
  const address = (template: string, values: Record<string, unknown> = {}) =>
    fillAddress(template, { values: { ...filling.values, ...values }, secret: () => 's&c/r#t' });
  const refusal = (template: string, values: Record<string, unknown> = {}) => {
    try {
      return address(template, values);
    } catch (error) {
      if (error instanceof AddressError) return [error.code, error.column];
      throw error;
    }
  };

  it.each([
    ['https://a.test/{{name}}?c={{address.city}}', 'https://a.test/a%2Fb%3Fc?c=Ulm'],
    ['{{url}}', 'https://a.test/x?y'],
    ['{{url}}&n={{name}}', 'https://a.test/x?y&n=a%2Fb%3Fc'],
    ['https://a.test/x{{evil}}', 'https://a.test/x%7B%7Bsecret%3AKEY%7D%7D%7B%7Bid%7D%7D'],
    ['https://a.test/?key={{secret:KEY}}&n={{id}}', 'https://a.test/?key=s%26c%2Fr%23t&n=7'],
    ['https://a.test/page#part', 'https://a.test/page#part'],
    [' https://a.test/x ', ' https://a.test/x '],
    ['https://a.test//x//', 'https://a.test//x//'],
  ])('fills %s', (template, text) => {
    expect(address(template)).toBe(text);
  });

  it.each([
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '.%2E',
    '..%5c',
    '..\\\\',
    '...',
    '%',
    '%2f',
    '#',
    '?x',
    ';',
    '@b',
    '\n',
    ' ',
    'a/../b',
    'ü😀',
  ])('keeps the path of its template, whatever a cell contains: %j', (id) => {
    const filled = refusal('https://a.test/items/{{id}}/notes', { id });
    if (id === '.' || id === '..') return expect(filled).toEqual(['invalid-path-segment', 'id']);
    const { pathname, search, hash, host } = new URL(String(filled));
    const segments = pathname.split('/');
    expect([segments.length, segments[1], segments[3], search, hash, host]).toEqual([
      4,
      'items',
      'notes',
      '',
      '',
      'a.test',
    ]);
    expect(decodeURIComponent(segments[2] ?? '')).toBe(id);
  });

  it.each<[string, Record<string, unknown>, string, string | undefined]>([
    ['https://a.test/items/{{id}}/notes', { id: '' }, 'invalid-path-segment', 'id'],
    ['https://a.test/items/{{id}}', { id: null }, 'invalid-path-segment', 'id'],
    ['https://a.test/{{id}}', { id: '' }, 'invalid-path-segment', 'id'],
    ['https://a.test/x/{{id}}?q=1', { id: '..' }, 'invalid-path-segment', 'id'],
    ['https://a.test/{{a}}{{b}}/x', { a: '.', b: '.' }, 'invalid-path-segment', 'a'],
    ['https://a.test/{{a}}{{b}}/x', { a: '', b: '..' }, 'invalid-path-segment', 'b'],
    ['https://a.test/.{{a}}/x', { a: '.' }, 'invalid-path-segment', 'a'],
    ['https://a.test/%2e{{a}}/x', { a: '.' }, 'invalid-path-segment', 'a'],
    ['https://a.test/x/../y', {}, 'invalid-path-segment', undefined],
    ['https://a.test/x/%2E%2e/y', {}, 'invalid-path-segment', undefined],
    ['https://a.test/x\\..\\y', {}, 'invalid-path-segment', undefined],
    ['{{base}}/items/{{id}}', { base: 'https://a.test/v1/..' }, 'invalid-path-segment', 'base'],
    ['{{base}}/items', { base: 'https://a.test/?x=' }, 'invalid-url', 'base'],
    ['{{base}}/items', { base: 'https://a.test/#' }, 'invalid-url', 'base'],
    ['{{url}}&page={{id}}', { url: 'https://a.test/?q=1#top' }, 'invalid-url', 'url'],
    ['https://a.test/items/#{{id}}', {}, 'invalid-url', undefined],
    ['https://a.test/a\nb/{{id}}', {}, 'invalid-url', undefined],
    ['https://a.test/{{id}}', { id: '\ud800' }, 'invalid-url', 'id'],
    ['{{url}}', { url: 'https://a.test/\udc00' }, 'invalid-url', 'url'],
  ])('refuses %s with %j', (template, values, code, column) => {
    expect(refusal(template, values)).toEqual([code, column]);
  });

  it('may leave out a parameter that is not a whole segment of the path', () => {
    const values = { empty: '' };
    expect(address('https://a.test/x-{{empty}}/{{id}}?q={{empty}}', values)).toBe('https://a.test/x-/7?q=');
  });
});

describe('a path', () => {
  const value = { a: { b: [{ c: 1 }, { c: 2 }] }, 'x y': { "it's": 3 }, n: null };
  it.each([
    ['$', value],
    ['$.a.b[0].c', 1],
    ['$.a.b[-1].c', 2],
    ['$.a.b[9].c', null],
    ['$.a.b[*].c', [1, 2]],
    ['$.a[*][*].c', [1, 2]],
    ["$['x y']['it\\'s']", 3],
    ['$["a"].b[1]["c"]', 2],
    ['$.n', null],
    ['$.n.x', null],
    ['$.constructor', null],
    ['$.a.b.length', null],
    ['$.nothing[*]', []],
  ])('follows %s', (path, found) => {
    expect(readJsonPath(value, parseJsonPath(path) ?? [])).toEqual(found);
  });

  it.each([
    ['$', false],
    ['$.n', false],
    ['$.a.b[*].c', false],
    ['$.n.x', true],
    ['$.a.b[9].c', true],
    ['$.a.b[*].d', true],
    ['$.nothing[*]', true],
    ['$.n[*]', true],
    ['$.constructor', true],
  ])('finds nothing at %s: %s', (path, nowhere) => {
    expect(leadsNowhere(value, parseJsonPath(path) ?? [])).toBe(nowhere);
    expect(leadsNowhere({ list: [] }, parseJsonPath('$.list[*].x') ?? [])).toBe(false);
  });

  it.each(['', 'a', '$a', '$.', '$..a', '$[a]', '$.a[', "$['a]", '$.a b', '$[?(@.x)]', '$.a[1.5]'])(
    'refuses %j',
    (path) => {
      expect(parseJsonPath(path)).toBeUndefined();
    },
  );
});
