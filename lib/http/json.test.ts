import { describe, expect, it } from 'vitest';
import { parseJson } from './json';
import { describePosition, findJsonError } from './json-position';

describe('findJsonError', () => {
  it.each([
    ['{"a":}', 5],
    ['{"a" 1}', 5],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{a:1}', 1],
    ['"x', 0],
    ['tru', 0],
    ['[01]', 2],
    ['1 2', 2],
    ["{'a':1}", 1],
    ['{"a":"\n"}', 5],
  ])('finds the mistake of %s at %i', (text, position) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonError(text)).toBe(position);
  });

  it.each(['', '{"a":[1,', '[[', '{"a"'])('gives the end of %s, which stops too early', (text) => {
    expect(findJsonError(text)).toBe(text.length);
  });

  it.each(['{}', '[]', ' {"a":[1,-2.5e3,"\\u00e9\\n",true,null,{"b":{}}]} '])(
    'finds nothing wrong before the end of %s',
    (text) => {
      expect(findJsonError(text)).toBe(text.length);
    },
  );

  it('names line and column as an editor does', () => {
    expect(describePosition('{\n  "a": x\n}', 9)).toBe('line 2, column 8 (position 9)');
  });
});

describe('parseJson', () => {
  it('reads what is valid', () => {
    expect(parseJson('{"a":[1,"]]]",{"b":null}]}')).toEqual({ a: [1, ']]]', { b: null }] });
  });

  it('says where a text stops being JSON', () => {
    expect(() => parseJson('{"a":}')).toThrow('The body is not valid JSON: at line 1, column 6 (position 5).');
    expect(() => parseJson('{"a":1')).toThrow('it ends too early');
  });

  it('refuses nesting that would overflow a stack elsewhere', () => {
    expect(() => parseJson('['.repeat(100_000) + ']'.repeat(100_000))).toThrow('deeper than 300');
    expect(parseJson('['.repeat(300) + ']'.repeat(300))).toBeInstanceOf(Array);
    expect(parseJson(JSON.stringify('['.repeat(300)))).toHaveLength(300);
  });
});
