import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { extract } from './extract';
import { makeZip } from './fixtures/make-docx';
import { makePdf } from './fixtures/make-pdf';

const XML = '<?xml version="1.0" encoding="UTF-8"?>';

const read = (content: Uint8Array | string, name: string) => extract(Buffer.from(content), name);
const textsOf = async (content: Uint8Array | string, name: string) =>
  (await read(content, name)).blocks.map(({ text }) => text);

describe('EPUB', () => {
  const book = (extra: Parameters<typeof makeZip>[0] = []) =>
    makeZip([
      { name: 'mimetype', content: 'application/epub+zip' },
      {
        name: 'META-INF/container.xml',
        content: `${XML}<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>`,
      },
      {
        name: 'OEBPS/book.opf',
        content: `${XML}<package xmlns:dc="d"><metadata><dc:title>The Owl</dc:title><dc:creator>N. N.</dc:creator></metadata><manifest><item id="a" href="one%20b.xhtml" media-type="application/xhtml+xml"/><item id="b" href="two.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="b"/><itemref idref="a"/></spine></package>`,
      },
      { name: 'OEBPS/one b.xhtml', content: `${XML}<html><body><p>Read second.</p></body></html>` },
      { name: 'OEBPS/two.xhtml', content: `${XML}<html><body><h1>Start</h1><p>Read first.</p></body></html>` },
      ...extra,
    ]);

  it('is read in the order of its spine', async () => {
    expect(await read(book(), 'a.epub')).toMatchObject({ format: 'epub', title: 'The Owl' });
    expect(await textsOf(book(), 'a.epub')).toEqual(['Start', 'Read first.', 'Read second.']);
  });

  it('is refused if it is protected, and accepted if only its fonts are obfuscated', async () => {
    const encryption = (method: string, part: string) => ({
      name: 'META-INF/encryption.xml',
      content: `${XML}<encryption><EncryptedData><EncryptionMethod Algorithm="${method}"/><CipherReference URI="${part}"/></EncryptedData></encryption>`,
    });
    await expect(
      read(book([encryption('http://www.w3.org/2001/04/xmlenc#aes128-cbc', 'OEBPS/two.xhtml')]), 'a.epub'),
    ).rejects.toMatchObject({ code: 'encrypted-document', message: expect.stringContaining('DRM') });
    expect(
      await textsOf(book([encryption('http://www.idpf.org/2008/embedding', 'OEBPS/font.otf')]), 'a.epub'),
    ).toHaveLength(3);
  });
});

describe('mails', () => {
  const mail = (body: string, head: string[] = []) =>
    Buffer.from(
      [
        'From: =?utf-8?Q?Zo=C3=A9?= <zoe@example.org>',
        'To: bo@example.org',
        'Subject: =?utf-8?Q?caf=C3=A9?= keys',
        'Message-ID: <1@example.org>',
        'MIME-Version: 1.0',
        ...head,
        '',
        body,
      ].join('\r\n'),
      'latin1',
    );

  it('are decoded: subject, addresses and body', async () => {
    const eml = mail('La cl=E9 est =93l=E0=94', [
      'Content-Type: text/plain; charset=windows-1252',
      'Content-Transfer-Encoding: quoted-printable',
    ]);
    for (const name of ['a.eml', 'mail.txt']) {
      const document = await read(eml, name);
      expect(document).toMatchObject({ format: 'eml', title: 'café keys' });
      expect(document.blocks.map(({ text }) => text)).toEqual([
        'café keys',
        'From: Zoé <zoe@example.org>\nTo: bo@example.org',
        'La clé est “là”',
      ]);
    }
  });

  it('are read with their attachments, and report unreadable ones', async () => {
    const part = (name: string, type: string, content: Uint8Array) =>
      `--b\r\nContent-Type: ${type}; name="${name}"\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString('base64')}\r\n`;
    const body = [
      '--b\r\nContent-Type: text/html\r\n\r\n<p>See <b>below</b>.</p>\r\n',
      part('herons.pdf', 'application/pdf', makePdf([['Herons wade.']])),
      part('notes.txt', 'text/plain', Buffer.from('Otters swim.')),
      part('sheet.xlsx', 'application/octet-stream', makeZip([{ name: 'xl/workbook.xml', content: 'x' }])),
      part('inner.eml', 'message/rfc822', mail('Inner words.', ['Content-Type: text/plain'])),
      '--b--',
    ].join('');
    const { blocks, remarks } = await read(mail(body, ['Content-Type: multipart/mixed; boundary=b']), 'a.eml');
    const text = blocks.map((block) => block.text).join('\n');
    for (const words of ['See below.', 'Attachment: herons.pdf', 'Herons wade.', 'Otters swim.', 'Inner words.'])
      expect(text).toContain(words);
    expect(text).not.toContain('--b');
    expect(remarks).toMatchObject([{ code: 'parts-not-read', message: expect.stringContaining('sheet.xlsx') }]);
  });

  it.each([
    [
      'in eight bits',
      'Content-Transfer-Encoding: 8bit',
      iconv.encode('Café très cher à Orléans – déjà vu', 'windows-1252'),
    ],
    ['quoted', 'Content-Transfer-Encoding: quoted-printable', 'Caf=E9 tr=E8s cher =E0 Orl=E9ans =96 d=E9j=E0 vu'],
    [
      'with a type',
      'Content-Type: text/plain; format=flowed',
      iconv.encode('Café très cher à Orléans – déjà vu', 'windows-1252'),
    ],
  ])('without a charset are read in the likeliest one, which is reported: %s', async (_, header, body) => {
    const eml = Buffer.concat([
      Buffer.from(`From: a@example.org\r\nTo: b@example.org\r\n${header}\r\n\r\n`),
      Buffer.from(body),
    ]);
    const { blocks, remarks } = await read(eml, 'a.eml');
    expect(blocks.at(-1)?.text).toBe('Café très cher à Orléans – déjà vu');
    expect(remarks).toMatchObject([{ code: 'encoding-assumed', message: expect.stringContaining('windows-1252') }]);
  });

  it('whose bytes do not match their charset report what was lost', async () => {
    const head = 'From: a@example.org\r\nTo: b@example.org\r\nContent-Type: text/plain;\r\n charset=utf-8\r\n\r\n';
    const { remarks } = await read(Buffer.concat([Buffer.from(head), Buffer.from('Caf\xe9', 'latin1')]), 'a.eml');
    expect(remarks).toMatchObject([{ code: 'unreadable-characters' }]);
    const utf8 = await read(`${head}Caf\ufffd é`, 'a.eml');
    expect(utf8.remarks ?? []).toEqual([]);
  });

  it('are read as text if they are saved web pages', async () => {
    const page = mail(
      '--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: https://example.org/\r\n\r\n<html><title>Owls</title><p>Owls see =C3=A9.</p>\r\n--b--',
      ['Snapshot-Content-Location: https://example.org/', 'Content-Type: multipart/related; boundary=b'],
    );
    expect(await read(page, 'page.mhtml')).toMatchObject({
      format: 'mhtml',
      title: 'Owls',
      blocks: [{ text: 'Owls see é.' }],
    });
  });

  it('are recognized after a separator line of an mbox file', async () => {
    const kept = Buffer.concat([Buffer.from('From zoe@example.org Mon Jan  1 00:00:00 2024\r\n'), mail('Hello.')]);
    expect(await read(kept, 'a.eml')).toMatchObject({ format: 'eml', title: 'café keys' });
  });

  it('are not confused with text that begins like a header', async () => {
    expect(await read('Subject: a matter of taste\n\nSome words.', 'a.txt')).toMatchObject({ format: 'text' });
    expect(await read('Note: first line\nDate: today\n\nSome words.', 'a.txt')).toMatchObject({ format: 'text' });
  });
});

describe('RTF', () => {
  it('is read in the encodings of its fonts, without hidden text', async () => {
    const rtf = iconv.encode(
      String.raw`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}}{\colortbl;\red0;}{\info{\title Herons}{\author N}}{\*\generator x;}` +
        String.raw`{\header QX-77\par}\pard One \'80 \'93two\'94 \u8364? {\b bold}\par {\f1 \'cf\'f0\'e8\'e2\'e5\'f2}\par {\v hidden}{\pict 0102ff}` +
        String.raw`\trowd\intbl a\cell b\cell\row \intbl c\cell d\cell\row\pard After\{\}\tab x{\footnote A note.}\par}`,
      'latin1',
    );
    const document = await read(rtf, 'a.rtf');
    expect(document).toMatchObject({ format: 'rtf', title: 'Herons' });
    expect(document.blocks.map(({ text }) => text)).toEqual([
      'QX-77',
      'One € “two” € bold',
      'Привет',
      'a | b\nc | d',
      'After{} x A note.',
    ]);
  });
});

describe('RTF without the ends of its headers', () => {
  it('keeps headers and notes separate from the words beside them', async () => {
    const rtf = String.raw`{\rtf1{\header QX-77}\b bold\b0  text{\footnote A note.}goes on.{\footerf ZZ-88}\par}`;
    const { blocks } = await read(Buffer.from(rtf), 'a.rtf');
    expect(blocks.map(({ text }) => text)).toEqual(['QX-77', 'bold text A note. goes on.', 'ZZ-88']);
  });
});

describe('XML and SVG', () => {
  it('are read without their tags', async () => {
    expect(
      await read(
        `${XML}<!-- c --><feed xmlns="x"><title>News &amp; more</title><p>One <b>two</b></p></feed>`,
        'feed.xml',
      ),
    ).toMatchObject({ format: 'xml', title: 'News & more', blocks: [{ text: 'News & more' }, { text: 'One two' }] });
    expect(
      await read(
        '<svg xmlns="http://www.w3.org/2000/svg"><style>a{}</style><text>A <tspan>label</tspan></text></svg>',
        'a.svg',
      ),
    ).toMatchObject({ format: 'svg', blocks: [{ text: 'A label' }] });
    await expect(read('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', 'a.svg')).rejects.toMatchObject(
      { code: 'empty-document' },
    );
  });
});

describe('a refusal names the format', () => {
  const ole = (stream: string) =>
    Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from(stream, 'utf16le')]);

  it.each<[string, Uint8Array, string, RegExp]>([
    ['a mail of Outlook', ole('__substg1.0_0037001F'), 'a.msg', /Outlook message/],
    ['an old workbook', ole('Workbook'), 'a.xls', /Excel workbook.*before 2007/],
    ['an old presentation', ole('PowerPoint Document'), 'a.ppt', /presentation.*before 2007/],
    ['Pages', makeZip([{ name: 'Index/Document.iwa', content: 'x' }]), 'a.pages', /Pages, Numbers or Keynote/],
    ['a recording', Buffer.from('ID3\x04\0\0\0\0', 'latin1'), 'a.mp3', /sound recording/],
    ['a recording in a container', Buffer.from('\0\0\0\x20ftypM4A \0\0\0\0', 'latin1'), 'a.m4a', /sound recording/],
    ['a picture in a container', Buffer.from('\0\0\0\x20ftypheic\0\0\0\0', 'latin1'), 'a.heic', /a picture/],
    [
      'a recording without a head',
      Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0]), Buffer.alloc(50)]),
      'a.mp3',
      /sound recording/,
    ],
    [
      'a mailbox',
      Buffer.from(
        'From a@example.org Mon Jan  1 00:00:00 2024\nSubject: x\nMessage-ID: <1>\nDate: x\n\nhello\n\n'.repeat(2),
      ),
      'a.mbox',
      /mailbox/,
    ],
  ])('%s', async (_, content, name, message) => {
    await expect(read(content, name)).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringMatching(message),
    });
  });
});
