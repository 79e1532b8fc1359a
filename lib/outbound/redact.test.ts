import { describe, expect, it } from 'vitest';
import { Redactor } from './redact';

const VALUE = 'Süper€Secret/"9"😀';
const redactor = new Redactor([{ name: 'KEY', value: VALUE }]);
const MARK = '[secret KEY]';

const percent = (bytes: Uint8Array, upper: boolean) =>
  [...bytes]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join('')
    [upper ? 'toUpperCase' : 'toLowerCase']();
const units = (write: (unit: number) => string) =>
  Array.from({ length: VALUE.length }, (_, i) => write(VALUE.charCodeAt(i))).join('');
const hex4 = (unit: number) => unit.toString(16).padStart(4, '0');

const FORMS: [string, string][] = [
  ['as it is', VALUE],
  ['decomposed', VALUE.normalize('NFD')],
  ['in JSON', JSON.stringify(VALUE).slice(1, -1)],
  [
    'in JSON of ASCII',
    JSON.stringify(VALUE)
      .slice(1, -1)
      .replaceAll(/[^\x20-\x7e]/g, (c) => `\\u${hex4(c.charCodeAt(0))}`),
  ],
  ['in JSON inside JSON', JSON.stringify(JSON.stringify(VALUE)).slice(3, -3)],
  ['all escaped', units((unit) => `\\u${hex4(unit).toUpperCase()}`)],
  ['with escaped slashes', JSON.stringify(VALUE).slice(1, -1).replace('/', '\\/')],
  ['in a URL', encodeURIComponent(VALUE)],
  ['in a URL, small', encodeURIComponent(VALUE).replaceAll(/%../g, (c) => c.toLowerCase())],
  ['in a URL twice', encodeURIComponent(encodeURIComponent(VALUE))],
  ['all percent-encoded', percent(Buffer.from(VALUE), true)],
  ['all percent-encoded, small', percent(Buffer.from(VALUE), false)],
  ['in a form', new URLSearchParams({ v: VALUE }).toString().slice(2)],
  ['in HTML', VALUE.replace('"', '&quot;').replace('"', '&#34;').replace('ü', '&#252;').replace('€', '&#x20AC;')],
  [
    'in quoted-printable',
    VALUE.replaceAll(/[^\x20-\x7e]+/g, (c) => percent(Buffer.from(c), true).replaceAll('%', '=')),
  ],
  ['in Base64', Buffer.from(VALUE).toString('base64').replace(/=+$/, '')],
  ['in Base64 for URLs', Buffer.from(`user:${VALUE}`).toString('base64url')],
  ['in hex', Buffer.from(VALUE).toString('hex')],
];

describe('a secret in a text', () => {
  it.each([
    ...FORMS,
    ['misread', Buffer.from(VALUE).toString('latin1')],
    ['lost in part', VALUE.replaceAll(/[^\x20-\x7e]+/g, '\ufffd')],
  ])('is hidden: %s', (_, form) => {
    const clean = redactor.text(`before ${form} after`);
    expect(clean).toContain(MARK);
    expect(clean).not.toMatch(/Secret|S.?per/);
    expect(clean.startsWith('before ')).toBe(true);
    expect(redactor.namesIn(`https://a.test/?k=${form}`)).toEqual(['KEY']);
  });

  it('is hidden in the texts, keys and numbers of JSON', () => {
    const both = new Redactor([
      { name: 'KEY', value: VALUE },
      { name: 'PIN', value: '12345678' },
    ]);
    expect(both.json({ [VALUE]: [VALUE, 12345678, 123, null, true] })).toEqual({
      [MARK]: [MARK, '[secret PIN]', 123, null, true],
    });
  });

  it('leaves other texts unchanged', () => {
    const text = 'Super Secret \\u00fc %C3%BC &#252; $& $1';
    expect(redactor.text(text)).toBe(text);
    expect(redactor.namesIn(text)).toEqual([]);
  });
});

describe('a secret in bytes', () => {
  const around = (bytes: Buffer) => Buffer.concat([Buffer.from([0xff, 0x00, 0x80]), bytes, Buffer.from([0x81, 0xfe])]);
  it.each(FORMS)('is hidden: %s', (_, form) => {
    expect(redactor.bytes(around(Buffer.from(form))).toString('latin1')).toMatch(
      /^\xff\0\x80.{0,8}\[secret KEY\].{0,4}\x81\xfe$/,
    );
  });

  it.each([
    ['Latin-1', 'SuperSecretValue99ü', Buffer.from('SuperSecretValue99ü', 'latin1')],
    ['UTF-8', 'SuperSecretValue99ü', Buffer.from('SuperSecretValue99ü')],
    ['Windows-1252', 'SuperSecret€99', Buffer.from('SuperSecret\x8099', 'latin1')],
    ['UTF-16', 'SuperSecretValue99ü', Buffer.from('SuperSecretValue99ü', 'utf16le')],
    ['UTF-16, the other way', 'SuperSecretValue99ü', Buffer.from('SuperSecretValue99ü', 'utf16le').swap16()],
    ['a key of many characters', 'kü'.repeat(200), Buffer.from('kü'.repeat(200), 'latin1')],
  ])('is hidden in %s', (_, value, bytes) => {
    const clean = new Redactor([{ name: 'KEY', value }]).bytes(around(bytes));
    expect(clean.toString('latin1').replaceAll('\0', '')).toBe(`\xff\x80${MARK}\x81\xfe`);
  });

  it('leaves other bytes unchanged, also those that are not text', () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 37) % 256));
    expect(redactor.bytes(bytes)).toBe(bytes);
    const clean = redactor.bytes(Buffer.concat([bytes, Buffer.from(VALUE), bytes]));
    expect(clean.equals(Buffer.concat([bytes, Buffer.from(MARK), bytes]))).toBe(true);
  });
});

it('hides a value without surrounding spaces, which no header contains', () => {
  expect(new Redactor([{ name: 'KEY', value: ' spaced out\n' }]).text('(spaced out)')).toBe('([secret KEY])');
});

it.each([
  ['signs', '#@!-$:/%'.repeat(8)],
  ['backslashes', String.raw`\#\\"a`.repeat(20)],
  ['letters of another script', 'пароль'.repeat(10)],
])('finds a truncated value of %s in linear time', (_, value) => {
  const other = new Redactor([{ name: 'KEY', value: `${value}Q` }]);
  for (const cut of [value, JSON.stringify(value).slice(1, -1), value.replaceAll(/[^\0-\x7f]/g, '\ufffd\ufffd')]) {
    const text = `${cut} ${'z'.repeat(1000)}`;
    expect(other.text(text)).toBe(text);
    expect(other.bytes(Buffer.from(text)).toString()).toBe(text);
    expect(other.text(`${cut}Q`)).toBe(MARK);
  }
  const slashes = '\\'.repeat(100_000);
  expect(other.text(slashes)).toBe(slashes);
});
