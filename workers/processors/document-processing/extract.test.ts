import { describe, expect, it } from 'vitest';
import { extract } from './extract';
import { makeDocx, makeZip } from './fixtures/make-docx';
import { makePdf } from './fixtures/make-pdf';

const bytes = (text: string) => Buffer.from(text);
const textOf = async (content: Uint8Array, name: string) =>
  (await extract(content, name)).blocks.map(({ text }) => text).join('\n\n');

describe('Markdown', () => {
  const source = `---
title: "Front matter"
---
# The **first** heading

Some [linked](https://example.org) text &amp; \`code\`. [![badge](b.svg)](x)

- one
- two

\`\`\`js
const kept = 1;
  indented();
\`\`\`

| a | b |
| - | - |
| 1 | 2 |

## Second <b>one</b>
`;

  it('keeps headings, lists, code and tables as text', async () => {
    const { format, title, blocks } = await extract(bytes(source), 'README.md');
    expect({ format, title }).toEqual({ format: 'markdown', title: 'Front matter' });
    expect(blocks).toEqual([
      { text: 'The first heading', heading: 1 },
      { text: 'Some linked text & code.' },
      { text: 'one\ntwo' },
      { text: 'const kept = 1;\n  indented();' },
      { text: 'a | b\n1 | 2' },
      { text: 'Second one', heading: 2 },
    ]);
  });

  it('takes its title from the first heading', async () => {
    expect((await extract(bytes('intro\n\n## Later'), 'a.markdown')).title).toBe('Later');
  });
});

describe('hostile input', () => {
  it('reads Markdown that is nested too deeply as plain text', async () => {
    const document = await extract(bytes(`${'> '.repeat(6_000)}deep`), 'a.md');
    expect(document.format).toBe('markdown');
    expect(document.blocks[0]?.text).toMatch(/deep$/);
  });

  it.each([
    ['blanks', ' ', 'a.txt'],
    ['blank lines', '\n ', 'a.txt'],
    ['comments', '<!---->', 'a.html'],
    ['open comments', '<!--', 'a.html'],
  ])('reads a lot of %s in bounded time', async (_, piece, name) => {
    const content = bytes(`${piece.repeat(300_000 / piece.length)}<p>end`);
    await extract(content, name).catch((error) => expect(error).toMatchObject({ code: 'empty-document' }));
  });
});

describe('HTML', () => {
  it('reads the text without scripts, styles and markup', async () => {
    const page = `<!doctype html><html><head><title>A page</title><style>p { color: red }</style></head>
      <body><h1>Hello</h1><script>alert("no")</script><p>One<br>two <b>three</b>&nbsp;&lt;4&gt;<p>Unclosed
      <div><img alt="a picture" src="x"></div><noscript>never</noscript></body></html>`;
    const { title, blocks } = await extract(bytes(page), 'page.html');
    expect(title).toBe('A page');
    expect(blocks.map(({ text }) => text)).toEqual(['Hello', 'One\ntwo three <4>', 'Unclosed', 'a picture']);
  });

  it('is recognized without its extension, and is decoded by its declared charset', async () => {
    const page = Buffer.from('<html><meta charset="iso-8859-2"><body>\xb9koda</body></html>', 'latin1');
    const document = await extract(page, 'page.txt');
    expect(document.format).toBe('html');
    expect(document.blocks).toEqual([{ text: 'škoda' }]);
  });
});

describe('PDF', () => {
  it('reads the text layer and the title', async () => {
    const pdf = makePdf([['The quick brown fox', 'jumps over the lazy hip-', 'popotamus.'], ['Second page.']], {
      title: 'Foxes',
    });
    const { format, title, blocks } = await extract(pdf, 'fox.pdf');
    expect({ format, title }).toEqual({ format: 'pdf', title: 'Foxes' });
    expect(blocks.map(({ text }) => text)).toEqual([
      'The quick brown fox jumps over the lazy hippopotamus.',
      'Second page.',
    ]);
  });

  it('is recognized under a wrong extension', async () => {
    expect((await extract(makePdf([['Hidden']]), 'notes.txt')).format).toBe('pdf');
  });
});

describe('DOCX', () => {
  it('reads paragraphs and headings', async () => {
    const { format, title, blocks } = await extract(makeDocx(['# Report', 'All is well.']), 'report.docx');
    expect({ format, title }).toEqual({ format: 'docx', title: 'Report' });
    expect(blocks).toEqual([{ text: 'Report', heading: 1 }, { text: 'All is well.' }]);
  });

  it('is recognized under a wrong extension', async () => {
    expect((await extract(makeDocx(['Hidden']), 'scan.pdf')).format).toBe('docx');
  });
});

describe('tables', () => {
  it('keep the cells of a row on one line, separated', async () => {
    const table = `<table><thead><tr><th>Name</th><th>Since</th></tr></thead><tr><td><p>Ann</p><p>Lee</p></td>
      <td>1990<br>May</td></tr><tr><td></td><td><table><tr><td>in</td><td>ner</td></tr></table></td></tr></table><p>After`;
    expect(await textOf(bytes(`<html>${table}`), 'a.html')).toBe('Name | Since\nAnn Lee | 1990 May\n| in ner\n\nAfter');
  });

  it('of Word documents have the same form', async () => {
    const cell = (text: string) => `<w:tc><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:tc>`;
    const row = (...cells: string[]) => `<w:tr>${cells.map(cell).join('')}</w:tr>`;
    const table = `<w:tbl>${row('Item', 'Price')}${row('Bolt', '0.10')}</w:tbl>`;
    expect(await textOf(makeDocx(['# List', table]), 'list.docx')).toBe('List\n\nItem | Price\nBolt | 0.10');
  });
});

describe('malformed PDFs', () => {
  const asText = (pdf: Uint8Array) => Buffer.from(pdf).toString('latin1');
  const codeOf = (pdf: string) =>
    extract(Buffer.from(pdf, 'latin1'), 'a.pdf').then(
      ({ blocks }) => blocks.map(({ text }) => text).join(' '),
      (error) => error.code,
    );

  it.each<[string, (pdf: string) => string, string]>([
    ['a wrong place of the table of objects', (pdf) => pdf.replace(/startxref\n\d+/, 'startxref\n7'), 'Read me.'],
    ['no table of objects', (pdf) => pdf.replace(/xref\n0[\s\S]*?trailer/, 'trailer'), 'Read me.'],
    ['an end that was cut off', (pdf) => pdf.slice(0, pdf.indexOf('xref')), 'corrupt-document'],
    ['no pages', (pdf) => pdf.replace(/\/Count 1 \/Kids \[[^\]]*\]/, '/Count 0 /Kids []'), 'empty-document'],
    ['a page count that is not true', (pdf) => pdf.replace('/Count 1', '/Count 900000000'), 'Read me.'],
    ['pages that go in circles', (pdf) => pdf.replace(/\/Kids \[[^\]]*\]/, '/Kids [2 0 R]'), 'corrupt-document'],
    ['only a picture', (pdf) => pdf.replace(/BT .*? ET/, '0 0 612 792 re f'), 'no-text-layer'],
    ['a content that is no content', (pdf) => pdf.replace(/BT .*? ET/, '\xff\xfe( << [['), 'no-text-layer'],
  ])('with %s fail with a clear reason', async (_, change, end) => {
    const pdf = asText(makePdf([['Read me.']]));
    const changed = change(pdf);
    expect(changed).not.toBe(pdf);
    expect(await codeOf(changed)).toBe(end);
  });

  it('with too many pages are refused before they are read', async () => {
    const pages = makePdf(Array.from({ length: 20_001 }, () => ['x']));
    await expect(extract(pages, 'a.pdf')).rejects.toMatchObject({ code: 'document-too-large' });
  });

  it('lose only the pages that are unreadable', async () => {
    const pdf = asText(makePdf([['One.'], ['Two.'], ['Three.']]));
    const second = /\/Kids \[(\d+) 0 R (\d+) 0 R/.exec(pdf)?.[2];
    const changed = pdf.replace(`\n${second} 0 obj\n<< /Type /Page `, `\n${second} 0 obj\n<< /Type /Nope `);
    const document = await extract(
      Buffer.from(changed.replace(/\/Type \/Nope[^>]*/, '/Type /Nope '), 'latin1'),
      'a.pdf',
    );
    expect(document.blocks.map(({ text }) => text)).toEqual(['One.', 'Three.']);
  });
});

describe('an error of a document names the reason', () => {
  const random = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256));
  const png = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  const ole = Buffer.concat([
    Buffer.from('d0cf11e0a1b11ae1', 'hex'),
    Buffer.alloc(600),
    Buffer.from('EncryptedPackage', 'utf16le'),
  ]);
  const bomb = { name: 'word/bomb.xml', content: Buffer.alloc(100 * 1024 * 1024) };
  const pdf = makePdf([['text']]);

  it.each([
    ['no bytes', Buffer.alloc(0), 'a.txt', 'empty-document', /0 bytes/],
    ['only blanks', bytes(' \n\t\n '), 'a.md', 'empty-document', /no text/],
    ['HTML without text', bytes('<html><script>1</script></html>'), 'a.html', 'empty-document', /no text/],
    ['a PDF that is cut off', pdf.slice(0, 60), 'a.pdf', 'corrupt-document', /damaged/],
    ['a PDF header and rubbish', Buffer.concat([bytes('%PDF-1.7\n'), random]), 'a.pdf', 'corrupt-document', /damaged/],
    ['rubbish named .pdf', random, 'a.pdf', 'corrupt-document', /not a PDF/],
    ['text named .pdf', bytes('Just some words.'), 'a.pdf', 'unsupported-format', /named \.pdf.*plain text/],
    ['HTML named .docx', bytes('<html>404</html>'), 'a.docx', 'unsupported-format', /named \.docx.*HTML/],
    ['a PDF with a password', makePdf([['x']], { encrypted: true }), 'a.pdf', 'encrypted-document', /password/],
    ['a scanned PDF', makePdf([[], []]), 'a.pdf', 'no-text-layer', /2 pages.*OCR/],
    ['a picture named .txt', png, 'a.txt', 'unsupported-format', /image\/png/],
    ['unknown binary data', random, 'a.bin', 'unsupported-format', /binary/],
    ['a cut off DOCX', makeDocx(['x']).slice(0, 300), 'a.docx', 'corrupt-document', /damaged/],
    ['a ZIP', makeZip([{ name: 'x.txt', content: 'x' }]), 'a.zip', 'unsupported-format', /ZIP/],
    [
      'a spreadsheet',
      makeZip([{ name: 'xl/workbook.xml', content: 'x' }]),
      'a.docx',
      'unsupported-format',
      /spreadsheet/,
    ],
    ['an Office file with a password', ole, 'a.docx', 'encrypted-document', /password/],
    ['an old Word file', ole.subarray(0, 600), 'a.doc', 'unsupported-format', /before 2007/],
    ['a ZIP bomb', makeDocx(['x'], [bomb]), 'a.docx', 'document-too-large', /48 MB/],
    ['a ZIP bomb that lies', makeDocx(['x'], [{ ...bomb, declaredSize: 10 }]), 'a.docx', 'document-too-large', /48 MB/],
    ['50 MB of text', Buffer.alloc(50 * 1024 * 1024, 'word '), 'a.txt', 'document-too-large', /characters/],
    ['65 MB', Buffer.alloc(65 * 1024 * 1024), 'a.pdf', 'document-too-large', /68\.2 MB/],
    ['too much text in HTML', Buffer.alloc(12_000_000, 'words, '), 'a.html', 'document-too-large', /characters/],
  ])('%s', async (_, content, name, code, message) => {
    await expect(extract(content, name)).rejects.toMatchObject({
      name: 'PermanentError',
      code,
      message: expect.stringMatching(message),
    });
  });
});
