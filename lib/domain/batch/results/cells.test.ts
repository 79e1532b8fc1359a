import { describe, expect, it } from 'vitest';
import { cutCell, guardCell, unguardCell } from '@/lib/tabular/cell-guards';
import { columnOf, saysSame } from './cells';

describe('a cell', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['-x', "'-x"],
    ["'-5", "''-5"],
    ['+1-x', "'+1-x"],
    ['-2+3+cmd|x', "'-2+3+cmd|x"],
    [' =1', "' =1"],
    ['\n=1', "'\n=1"],
    ['\nx', "'\nx"],
    ['\u3000＝1', "'\u3000＝1"],
    ['＝1', "'＝1"],
    ['＋x', "'＋x"],
    ['－x', "'－x"],
    ['＠x', "'＠x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ["'=1", "''=1"],
    ["''=1", "'''=1"],
  ])('%j is written as %j, and is read back', (text, written) => {
    expect(guardCell(text)).toBe(written);
    expect(unguardCell(written)).toBe(text);
  });

  it.each([
    '5',
    '-5',
    '-5.00',
    '-1,234.5',
    '-1.5e-3',
    '-7 %',
    '+49 (0) 151-234',
    '-',
    '1.5e3',
    "it's",
    "'quoted'",
    '',
    'plain',
    'a=b',
  ])('%j is not changed', (text) => {
    expect(guardCell(text)).toBe(text);
    expect(unguardCell(text)).toBe(text);
  });

  it('keeps its value after a spreadsheet has saved it', () => {
    expect(saysSame('a\nb', 'a\r\nb')).toBe(true);
    expect(saysSame("'=1", '=1')).toBe(true);
    expect(saysSame('=1', '=1')).toBe(true);
    expect(saysSame('{"a":[1]}', { a: [1] })).toBe(true);
    expect(saysSame('x'.repeat(32_767), 'x'.repeat(50_000))).toBe(true);
    expect(saysSame(cutCell('x'.repeat(50_000)), 'x'.repeat(50_000))).toBe(true);
    expect(saysSame("'-71.16", '-71.16')).toBe(true);
    expect(saysSame('', undefined)).toBe(true);
    expect(saysSame('6', 5)).toBe(false);
  });
});

it('fields with the name of a product column get another name', () => {
  expect(['title', '_row', 'input', 'input.a'].map(columnOf)).toEqual([
    'title',
    'input._row',
    'input.input',
    'input.input.a',
  ]);
});
