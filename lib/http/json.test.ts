import { describe, expect, it } from 'vitest';
import { parseJson } from './json';

describe('parseJson', () => {
  it('reads valid JSON', () => {
    expect(parseJson('{"a":[1,"]]]",{"b":null}]}')).toEqual({ a: [1, ']]]', { b: null }] });
  });

  it('reports where a text becomes invalid JSON', () => {
    expect(() => parseJson('{"a":}')).toThrow('The body is not valid JSON: at line 1, column 6 (position 5).');
    expect(() => parseJson('{"a":1')).toThrow('it ends too early');
  });

  it('refuses nesting that would overflow a stack elsewhere', () => {
    expect(() => parseJson('['.repeat(100_000) + ']'.repeat(100_000))).toThrow('deeper than 300');
    expect(parseJson('['.repeat(300) + ']'.repeat(300))).toBeInstanceOf(Array);
    expect(parseJson(JSON.stringify('['.repeat(300)))).toHaveLength(300);
  });
});
