import { describe, expect, it } from 'vitest';
import { line, name } from './text';

const ESCAPE = '\u001b';

describe('a name', () => {
  it.each([
    ['Nightly import', 'Nightly import'],
    ['  two \n lines\t', 'two lines'],
    ['invoice\u202efdp.exe', 'invoicefdp.exe'],
    [`${ESCAPE}[31mred${ESCAPE}[0m`, '[31mred[0m'],
    ['a\u2028b\u2029c', 'a b c'],
    ['half\ud83d', 'half'],
    ['e\u0301', 'é'],
    ['👩‍💻 Übersicht 概要', '👩‍💻 Übersicht 概要'],
    ['\ufeff\u200ename\u200f', 'name'],
  ])('%j becomes %j', (given, clean) => {
    expect(name(100).parse(given)).toBe(clean);
  });

  it.each(['', '   ', '\u202e\u200f'])('is refused if nothing of it can be seen: %j', (given) => {
    expect(name(100).safeParse(given).success).toBe(false);
    expect(line(100).parse(given)).toBe('');
  });

  it('is bounded before it is cleaned, and has no NUL', () => {
    expect(name(5).safeParse('a'.repeat(6)).success).toBe(false);
    expect(name(5).safeParse('a\u0000').success).toBe(false);
  });
});
