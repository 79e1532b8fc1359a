import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { hasHeader } from '@/lib/tabular/find-header';
import { detectReading } from './detect-reading';

const detect = (content: string | Uint8Array, name = 'table.csv') =>
  detectReading(typeof content === 'string' ? Buffer.from(content) : content, {
    name,
    whole: true,
    fieldNames: ['durationMs', 'url'],
  });
const utf16 = (text: string, big = false) => {
  const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

describe('delimiters, quotes and headers are detected', () => {
  it.each([
    ['comma', 'id,name\n1,a\n2,b\n', { delimiter: ',', header: true }],
    ['semicolon with decimal commas', 'id;price\n1;1,50\n2;2,75\n', { delimiter: ';', header: true }],
    ['tab', 'id\tname\n1\ta, b\n', { delimiter: '\t', header: true }],
    ['bar', 'id|name\n1|a\n', { delimiter: '|', header: true }],
    ['quoted cells with delimiters and line ends', 'id,note\n1,"a;b;c\nd;e;f"\n2,"x;y"\n', { delimiter: ',' }],
    ['single quotes', "id,note\n'1','a, b'\n'2','c, d'\n", { delimiter: ',', quote: "'" }],
    ['quotes that are inches', 'size,n\n5",1\n"6,2\n7",3\n"8,4\n"9,5\n', { quote: '', delimiter: ',' }],
    ['no header', '1,2\n3,4\n', { header: false }],
    ['years that name columns', 'country,2019,2020\nA,1,2\nB,3,4\n', { header: true }],
    ['years that are values', 'Ann,1984,2001\nBob,1990,2004\n', { header: false }],
    ['numbers that look like years', 'bolt,2000,1950\nnut,15,20\n', { header: false }],
    ['a header of a known field over text', 'url\nhttps://a.example\n', { header: true }],
    ['one column', 'name\nada\ngrace\n', { delimiter: ',', header: true }],
  ])('%s', async (_, content, wanted) => {
    expect((await detect(content)).reading).toMatchObject({ format: 'csv', ...wanted });
  });

  it('in a first line with repeated values, which is not a header', () => {
    expect(
      hasHeader(
        [
          ['red', 'small'],
          ['blue', 'small'],
        ],
        [],
      ),
    ).toBe(false);
  });
});

describe('encodings are detected', () => {
  it.each([
    ['utf-8', Buffer.from('naïve,b\n1,2\n')],
    ['utf-8', Buffer.from('\ufeffnaïve,b\n1,2\n')],
    ['utf-16le', utf16('naïve,b\n1,2\n')],
    ['utf-16be', utf16('naïve,b\n1,2\n', true)],
    ['utf-16le', utf16('naïve,b\n1,2\n').subarray(2)],
    ['windows-1252', Buffer.from('na\xefve,b\n1,2\n', 'latin1')],
  ])('%s', async (encoding, bytes) => {
    expect((await detect(bytes)).reading).toMatchObject({ encoding, format: 'csv', delimiter: ',' });
  });

  it('in spite of a character that the inspected part cuts in two', async () => {
    const cut = Buffer.from('name\nnaïve').subarray(0, 8);
    expect((await detectReading(cut, { name: 'a.csv', whole: false })).reading.encoding).toBe('utf-8');
  });
});

test('JSON and JSON lines are detected, and similar texts are not', async () => {
  const format = async (content: string, name: string) => (await detect(content, name)).reading.format;
  expect(await format('[{"a":1}]', 'a.json')).toBe('json');
  expect(await format('{"a":1}\n{"a":2}\n', 'a.txt')).toBe('jsonl');
  expect(await format('{"a":1}\n', 'a.jsonl')).toBe('jsonl');
  expect(await format('{\n "a": 1\n}\n', 'a.txt')).toBe('json');
  expect(await format('{name},b\n1,2\n', 'a.csv')).toBe('csv');
  expect((await detect(Buffer.from('PK\x03\x04....'), 'a.xlsx')).reading.format).toBe('xlsx');
});

describe('a file that is not a table is refused with advice', () => {
  it.each([
    ['empty', '', 'empty', /empty/],
    ['HTML saved as CSV', '<!DOCTYPE html><html><body>Sign in</body></html>', 'html', /web page/],
    ['HTML after a comment and a mark', '\ufeff<!-- x -->\n<html lang="en">', 'html', /web page/],
    ['a bare HTML table', '<table><tr><td>1</td></tr></table>', 'html', /web page/],
    ['XML', '<?xml version="1.0"?><rows/>', 'xml', /XML/],
    ['an old workbook', Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....', 'latin1'), 'not-a-table', /\.xlsx/],
    ['a gzip', gzipSync('a,b\n1,2\n'), 'not-a-table', /unpack/],
    ['a PDF', '%PDF-1.7\n%\xe2\xe3', 'not-a-table', /PDF/],
    ['NUL bytes', Buffer.from('a,b\n1,\x00\x01\x02\n'), 'not-a-table', /not text/],
  ])('%s', async (_, content, code, message) => {
    const error = await detect(content).catch((e) => e);
    expect(error).toMatchObject({ name: 'ReadingError', code });
    expect(error.message).toMatch(message);
  });
});
