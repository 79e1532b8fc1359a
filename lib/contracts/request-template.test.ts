import { describe, expect, it } from 'vitest';
import { leadsNowhere, parseJsonPath, readJsonPath } from './json-path';
import { fieldsIn, fill, fillJson, MissingValueError, secretsIn, textsOf } from './request-template';
import { parseTemplate, renderTemplate } from './template';

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
const encode = encodeURIComponent;

describe('a template', () => {
  it.each([
    ['https://a.test/{{name}}?c={{address.city}}', 'https://a.test/a%2Fb%3Fc?c=Ulm'],
    ['{{url}}', 'https://a.test/x?y'],
    ['{{url}}&n={{name}}', 'https://a.test/x?y&n=a%2Fb%3Fc'],
    ['Bearer {{ secret:KEY }} {{id}}', 'Bearer <KEY> 7'],
    ['{{list}}', '[1,{"x":null}]'],
    ['no {hole} {{ }} {{', 'no {hole} {{ }} {{'],
    ['x{{evil}}', 'x%7B%7Bsecret%3AKEY%7D%7D%7B%7Bid%7D%7D'],
  ])('%s is filled', (template, text) => {
    expect(fill(template, { ...filling, encode })).toBe(text);
  });

  it('is filled once, whatever its values hold', () => {
    expect(fill('{{evil}} {{secret:KEY}}', filling)).toBe('{{secret:KEY}}{{id}} <KEY>');
    expect(fillJson({ a: '{{evil}}', b: 'x {{evil}}' }, filling)).toEqual({
      a: '{{secret:KEY}}{{id}}',
      b: 'x {{secret:KEY}}{{id}}',
    });
  });

  it('gives JSON its own types', () => {
    const json = { a: '{{id}}', b: ['{{list}}', 'n{{id}}', true, null], c: { d: '{{address}}' } };
    expect(fillJson(json, filling)).toEqual({
      a: 7,
      b: [[1, { x: null }], 'n7', true, null],
      c: { d: { city: 'Ulm' } },
    });
    expect(textsOf(json)).toEqual(['{{id}}', '{{list}}', 'n{{id}}', '{{address}}']);
  });

  it('says what is missing', () => {
    expect(() => fill('{{toString}}', filling)).toThrow(MissingValueError);
    expect(() => fillJson(['{{nothing}}'], filling)).toThrow('The row has no value “nothing”.');
  });

  it('tells what it names', () => {
    expect(secretsIn('{{secret:A}} {{ secret:B }}{{a}}')).toEqual(['A', 'B']);
    expect(fieldsIn('{{secret:A}} {{ b }}{{a.c}}')).toEqual(['b', 'a.c']);
  });

  it('of a mapping leaves secrets to the work', () => {
    expect(renderTemplate(parseTemplate('Bearer {{secret:A}} {{id}}'), { id: 1 })).toBe('Bearer {{secret:A}} 1');
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
  ])('%s is followed', (path, found) => {
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
  ])('%s leads nowhere: %s', (path, nowhere) => {
    expect(leadsNowhere(value, parseJsonPath(path) ?? [])).toBe(nowhere);
    expect(leadsNowhere({ list: [] }, parseJsonPath('$.list[*].x') ?? [])).toBe(false);
  });

  it.each(['', 'a', '$a', '$.', '$..a', '$[a]', '$.a[', "$['a]", '$.a b', '$[?(@.x)]', '$.a[1.5]'])(
    '%j is none',
    (path) => {
      expect(parseJsonPath(path)).toBeUndefined();
    },
  );
});
