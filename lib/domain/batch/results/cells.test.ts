import { describe, expect, it } from 'vitest';
import { columnOf, guardCell, saysSame, unguardCell } from './cells';

describe('a cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+1 555', "'+1 555"],
    ['-x', "'-x"],
    ['-5', "'-5"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ["'=1", "''=1"],
    ["''=1", "'''=1"],
  ])('%j is written %j, and comes back', (text, written) => {
    expect(guardCell(text)).toBe(written);
    expect(unguardCell(written)).toBe(text);
  });

  it.each(['5', '1.5e3', "it's", "'quoted'", '', 'plain', 'a=b'])('%j is left alone', (text) => {
    expect(guardCell(text)).toBe(text);
    expect(unguardCell(text)).toBe(text);
  });

  it('is the same after what spreadsheets do to it', () => {
    expect(saysSame('a\nb', 'a\r\nb')).toBe(true);
    expect(saysSame("'=1", '=1')).toBe(true);
    expect(saysSame('=1', '=1')).toBe(true);
    expect(saysSame('{"a":[1]}', { a: [1] })).toBe(true);
    expect(saysSame('x'.repeat(32_767), 'x'.repeat(50_000))).toBe(true);
    expect(saysSame('', undefined)).toBe(true);
    expect(saysSame('6', 5)).toBe(false);
  });
});

it('fields that are named like our columns get another name', () => {
  expect(['title', '_row', 'input', 'input.a'].map(columnOf)).toEqual([
    'title',
    'input._row',
    'input.input',
    'input.input.a',
  ]);
});
