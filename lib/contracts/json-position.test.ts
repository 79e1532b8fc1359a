import { describe, expect, it } from 'vitest';
import { describePosition, findJsonMistake } from './json-position';

describe('findJsonMistake', () => {
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
    ['[1, // a comment\n2]', 4],
    ['{"a":1,}', 7],
    ['[1]]', 3],
    ['{"a":1]', 6],
    ['[-]', 1],
    ['{"a":"\n"}', 5],
  ])('finds the mistake of %s at %i', (text, position) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonMistake(text)?.at).toBe(position);
  });

  it.each(['', '{"a":[1,', '[[', '{"a"'])('reports the end of %s, which is incomplete', (text) => {
    expect(findJsonMistake(text)?.at).toBe(text.length);
  });

  it.each(['{}', '[]', ' {"a":[1,-2.5e3,"\\u00e9\\n",true,null,{"b":{}}]} '])('finds no mistake in %s', (text) => {
    expect(findJsonMistake(text)).toBeUndefined();
  });

  it('reports line and column as an editor does', () => {
    expect(describePosition('{\n  "a": x\n}', 9)).toBe('line 2, column 8 (position 9)');
  });
});
