import { expect, it } from 'vitest';
import { cleanFileName, extensionOf } from './file-name';

it.each([
  ['report.pdf', 'report.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\Ana\\notes.txt', 'notes.txt'],
  ['a\r\nSet-Cookie: x.txt', 'a Set-Cookie: x.txt'],
  ['invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['  two   words .md ', 'two words .md'],
  ['', 'unnamed'],
  ['..', 'unnamed'],
  ['folder/', 'unnamed'],
  ['half\ud83d.txt', 'half.txt'],
  ['Übersicht 概要.docx', 'Übersicht 概要.docx'],
])('%j becomes %j', (given, clean) => {
  expect(cleanFileName(given)).toBe(clean);
});

it('keeps the extension of a name that is too long', () => {
  const name = cleanFileName(`${'🦊'.repeat(300)}.markdown`);
  expect(name.length).toBeLessThanOrEqual(255);
  expect(name.endsWith('🦊.markdown')).toBe(true);
});

it('reads the extension', () => {
  expect([extensionOf('A.PDF'), extensionOf('archive.tar.gz'), extensionOf('README')]).toEqual(['pdf', 'gz', '']);
});
