import { expect, it } from 'vitest';
import { contentTypeOf } from './content-type';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

it.each([
  ['%PDF-1.7\n', 'notes.txt', 'application/pdf'],
  ['PK\x03\x04\x14\0', 'a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['PK\x03\x04\x14\0', 'a.bin', 'application/zip'],
  ['\x89PNG\r\n\x1a\n\0\0', 'a.txt', 'image/png'],
  ['# Title', 'README.md', 'text/markdown'],
  ['a,b\n1,2', 'rows.csv', 'text/csv'],
  ['<!-- x -->\n<!DOCTYPE html><p>', 'page.txt', 'text/html'],
  ['plain words', 'evil.png', 'text/plain'],
  ['BMW builds cars', 'a.txt', 'text/plain'],
  ['\xff\xfea\0b\0', 'a.txt', 'text/plain'],
  ['\x01\x02\0\x03', 'a.txt', 'application/octet-stream'],
  ['', 'a.txt', 'text/plain'],
])('%j named %s is %s', (content, name, type) => {
  expect(contentTypeOf(latin1(content), name)).toBe(type);
});
