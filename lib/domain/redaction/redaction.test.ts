import { describe, expect, it } from 'vitest';
import { parseJson, stringifyJson } from '@/lib/contracts/json';
import { parseRedactionPath, REDACTED, REDACTION_PATTERNS } from '@/lib/contracts/redaction-paths';
import { changeBeginning } from './beginning';
import { Redactor } from './redactor';

const all = new Redactor({ paths: [], patterns: [...REDACTION_PATTERNS] });
const paths = (...given: string[]) => new Redactor({ paths: given, patterns: [] });

describe('the patterns', () => {
  it.each([
    ['write to ana.lopez+x@mail.example.org, please', `write to ${REDACTED}, please`],
    ['jürgen@münchen.example', REDACTED],
    ['card 4111 1111 1111 1111 declined', `card ${REDACTED} declined`],
    ['order 12 5500-0000-0000-0004 due', `order ${REDACTED} due`],
    ['1234 5678 4111 1111 1111 1111', REDACTED],
    ['4111111111111111', REDACTED],
    ['to DE89 3704 0044 0532 0130 00 today', `to ${REDACTED} today`],
    ['GB82WEST12345698765432', REDACTED],
    ['call +49 30 123456-78 or (030) 123 45 67', `call ${REDACTED} or ${REDACTED}`],
    ['555-123-4567', REDACTED],
  ])('hide %s', (text, redacted) => {
    expect(all.text(text)).toBe(redacted);
  });

  it.each([
    '2026-11-29T11:49:26.123Z',
    '29.11.2026',
    '4111 1111 1111 1112',
    'DE88 3704 0044 0532 0130 00',
    '192.168.100.123',
    '0.123456789',
    '1764416966123',
    '00000000-0000-7000-8000-000000000000',
    '0199f1b2-1234-7000-8000-123456789012',
    'a@b',
    'Item 12 of 1000 failed after 35000 ms',
  ])('leave %s as it is', (text) => {
    expect(all.text(text)).toBe(text);
  });

  it('find what lies across the parts in which a long text is searched', () => {
    for (const before of [65_520, 65_530, 65_535, 65_536]) {
      const text = `${'x'.repeat(before - 1)} ana@mail.example.org`;
      expect(all.text(text)).toBe(`${'x'.repeat(before - 1)} ${REDACTED}`);
    }
  });

  it('hide names of fields and numbers too, and keep every other digit', () => {
    const value = parseJson('{"a@b.example":1,"c@d.example":2,"card":4111111111111111,"n":12345678901234567890}');
    const redacted = stringifyJson(all.value(value, 'data'));
    expect(redacted).toBe(`{"${REDACTED}":1,"${REDACTED} 2":2,"card":"${REDACTED}","n":12345678901234567890}`);
  });
});

describe('the paths', () => {
  it.each([
    [
      'data.customer.email',
      { customer: { email: 'x', id: 1 }, email: 'y' },
      { customer: { email: REDACTED, id: 1 }, email: 'y' },
    ],
    [
      'data.items.email',
      { items: [{ email: 'x' }, { email: 'y', id: 2 }] },
      { items: [{ email: REDACTED }, { email: REDACTED, id: 2 }] },
    ],
    [
      'data.items[1].email',
      { items: [{ email: 'x' }, { email: 'y' }] },
      { items: [{ email: 'x' }, { email: REDACTED }] },
    ],
    ['data.*.email', { a: { email: 'x' }, b: { email: null } }, { a: { email: REDACTED }, b: { email: null } }],
    ['data["full name"]', { 'full name': { first: 'x' } }, { 'full name': REDACTED }],
    ['data', { a: 1 }, REDACTED],
    ['result.a', { a: 1 }, { a: 1 }],
  ])('%s hides what it names', (path, value, redacted) => {
    expect(paths(path).value(value, 'data')).toEqual(redacted);
  });

  it('begin with a part of a job', () => {
    for (const path of ['data.a', 'result', 'metadata.*.b', 'data["a b"][0]'])
      expect(parseRedactionPath(path)).toBeDefined();
    for (const path of ['', 'email', 'error.message', 'data..a', 'data.', '$.data'])
      expect(parseRedactionPath(path)).toBeUndefined();
  });

  it('do not reach a prototype', () => {
    const value = parseJson('{"__proto__":{"a":1},"constructor":{"a":2}}');
    expect(stringifyJson(paths('data.__proto__.a').value(value, 'data'))).toBe(
      `{"__proto__":{"a":"${REDACTED}"},"constructor":{"a":2}}`,
    );
  });
});

describe('the beginning of a value', () => {
  const value = {
    customer: { email: 'ana@mail.example.org', tags: ['a', 'b'] },
    text: `${'x'.repeat(300)}\\"\n`,
    n: 12,
  };
  const text = stringifyJson(value);
  const marked = new Redactor({ paths: ['data.customer.email'], patterns: ['email'] });

  it('shows nothing that a rule hides, wherever it was cut', () => {
    for (let end = 1; end < text.length; end += 1) {
      const shown = changeBeginning(text.slice(0, end), true, (part) => marked.value(part, 'data'));
      expect(shown).not.toContain('ana');
      expect(shown.length).toBeLessThanOrEqual(end + REDACTED.length);
    }
  });

  it('shows the rest of it', () => {
    const shown = changeBeginning(text.slice(0, 250), true, (part) => marked.value(part, 'data'));
    expect(shown).toMatch(/^{"customer":{"email":"\[redacted]","tags":\["a","b"]},"text":"x{20,}$/);
    expect(changeBeginning(text, false, (part) => marked.value(part, 'data'))).toContain('"n":12}');
  });

  it('leaves out the end of a long text, which may be half of something that a pattern hides', () => {
    const cut = stringifyJson(`${'y'.repeat(400)} call +49 30 1234`).slice(0, -1);
    expect(changeBeginning(cut, true, (part) => all.value(part, 'data'))).toMatch(/^"y+$/);
  });
});

it('searches hostile texts of megabytes in linear time', () => {
  const seconds = (text: string): number => {
    const before = process.cpuUsage().user;
    all.text(text);
    return (process.cpuUsage().user - before) / 1e6;
  };
  for (const part of ['a', 'a.', '1', '1 ', 'A1', '(1', '+', 'a@b.', '1-']) {
    const [small, large] = [seconds(part.repeat(50_000 / part.length)), seconds(part.repeat(400_000 / part.length))];
    expect(large, part).toBeLessThan(Math.max(small, 0.05) * 30);
  }
});
