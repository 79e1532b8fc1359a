import { describe, expect, it } from 'vitest';
import { extract } from '@/workers/processors/document-processing/extract';
import { makeDocx, makeZip } from '@/workers/processors/document-processing/fixtures/make-docx';

const XML = '<?xml version="1.0" encoding="UTF-8"?>';
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

const read = (content: Uint8Array | string, name: string) => extract(Buffer.from(content), name);
const textsOf = async (content: Uint8Array | string, name: string) =>
  (await read(content, name)).blocks.map(({ text }) => text);

const relations = (list: [id: string, kind: string, target: string][]) =>
  `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list
    .map(([id, kind, target]) => `<Relationship Id="${id}" Type="${OFFICE}/${kind}" Target="${target}"/>`)
    .join('')}</Relationships>`;

const paragraph = (text: string) => `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

describe('DOCX', () => {
  it('is read with headers, footers, comments and embedded documents', async () => {
    const docx = makeDocx(
      ['Body.', '<w:altChunk xmlns:r="x" r:id="rId9"/>'],
      [
        {
          name: 'word/_rels/document.xml.rels',
          content: relations([
            ['rId1', 'header', 'header1.xml'],
            ['rId2', 'header', 'header2.xml'],
            ['rId3', 'footer', '/word/footer1.xml'],
            ['rId4', 'comments', 'comments.xml'],
            ['rId9', 'aFChunk', 'chunk.html'],
            ['rId10', 'chart', 'charts/chart1.xml'],
            ['rId11', 'package', 'embeddings/sheet.xlsx'],
          ]),
        },
        { name: 'word/header1.xml', content: `${XML}<w:hdr ${W}>${paragraph('Offer QX-77')}</w:hdr>` },
        { name: 'word/header2.xml', content: `${XML}<w:hdr ${W}>${paragraph('Offer QX-77')}</w:hdr>` },
        {
          name: 'word/footer1.xml',
          content: `${XML}<w:ftr ${W}><w:tbl><w:tr><w:tc>${paragraph('ZZ-88')}</w:tc><w:tc>${paragraph('May')}</w:tc></w:tr></w:tbl></w:ftr>`,
        },
        {
          name: 'word/comments.xml',
          content: `${XML}<w:comments ${W}><w:comment w:author="Ann">${paragraph('A tachyon?')}</w:comment><w:comment w:author="Bo">${paragraph('No.')}<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p></w:comment></w:comments>`,
        },
        { name: 'word/chunk.html', content: '<html><p>From a web page.' },
      ],
    );
    const { blocks, remarks } = await read(docx, 'a.docx');
    const texts = blocks.map(({ text }) => text);
    expect(texts[0]).toBe('Body.');
    expect(texts.slice(1)).toEqual(
      expect.arrayContaining([
        'Header: Offer QX-77',
        'Footer: ZZ-88 | May',
        'Comment (Ann): A tachyon?',
        'Comment (Bo): No.',
        'From a web page.',
      ]),
    );
    expect(texts).toHaveLength(6);
    expect(remarks).toEqual([{ code: 'parts-not-read', message: 'Not read: a chart, an embedded file (sheet.xlsx).' }]);
  });

  it('is read with ruby annotations', async () => {
    const ruby =
      '<w:p><w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>';
    expect(await textsOf(makeDocx(['One.', ruby]), 'a.docx')).toEqual(['One.', 'とうきょう東京']);
  });

  it('is read without deleted text of tracked changes', async () => {
    const changed =
      '<w:p><w:r><w:t>Pay </w:t></w:r><w:del><w:r><w:delText>500</w:delText></w:r></w:del><w:ins><w:r><w:t>750</w:t></w:r></w:ins></w:p>';
    expect(await textsOf(makeDocx([changed]), 'a.docx')).toEqual(['Pay 750']);
  });
});

describe('PPTX', () => {
  const slide = (title: string, text: string) =>
    `${XML}<p:sld xmlns:p="p" xmlns:a="a"><p:sp><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p><a:p><a:r><a:t>More of it</a:t></a:r></a:p></p:txBody></p:sp><p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${title}</a:t></a:r></a:p></p:txBody></p:sp><p:sp><p:nvPr><p:ph type="sldNum"/></p:nvPr><p:txBody><a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p></p:txBody></p:sp><a:tbl><a:tr><a:tc><a:p><a:r><a:t>Item</a:t></a:r></a:p></a:tc><a:tc><a:p><a:r><a:t>Price</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:sld>`;

  it('is read slide by slide in presentation order, with notes', async () => {
    const pptx = makeZip([
      {
        name: 'ppt/presentation.xml',
        content: `${XML}<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="256" r:id="rId3"/><p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>`,
      },
      {
        name: 'ppt/_rels/presentation.xml.rels',
        content: relations([
          ['rId2', 'slide', 'slides/slide1.xml'],
          ['rId3', 'slide', 'slides/slide2.xml'],
        ]),
      },
      { name: 'ppt/slides/slide1.xml', content: slide('Second', 'shown last') },
      { name: 'ppt/slides/slide2.xml', content: slide('First', 'shown first') },
      {
        name: 'ppt/slides/_rels/slide2.xml.rels',
        content: relations([['rId1', 'notesSlide', '../notesSlides/notesSlide1.xml']]),
      },
      {
        name: 'ppt/notesSlides/notesSlide1.xml',
        content: `${XML}<p:notes xmlns:p="p" xmlns:a="a"><p:sp><a:p><a:r><a:t>Say hello.</a:t></a:r></a:p></p:sp></p:notes>`,
      },
    ]);
    const document = await read(pptx, 'a.pptx');
    expect(document).toMatchObject({ format: 'pptx', title: 'First', pages: 2 });
    expect(document.blocks).toEqual([
      { text: 'First', heading: 1 },
      { text: 'shown first\nMore of it' },
      { text: 'Item | Price' },
      { text: 'Notes: Say hello.' },
      { text: 'Second', heading: 1 },
      { text: 'shown last\nMore of it' },
      { text: 'Item | Price' },
    ]);
  });
});

describe('OpenDocument', () => {
  const names =
    'xmlns:office="o" xmlns:text="t" xmlns:table="b" xmlns:draw="d" xmlns:presentation="p" xmlns:style="s" xmlns:dc="c"';
  const odf = (kind: string, body: string, extra: Parameters<typeof makeZip>[0] = []) =>
    makeZip([
      { name: 'mimetype', content: `application/vnd.oasis.opendocument.${kind}` },
      {
        name: 'content.xml',
        content: `${XML}<office:document-content ${names}><office:body>${body}</office:body></office:document-content>`,
      },
      ...extra,
    ]);

  it('text is read with headings, lists, tables, notes, comments and headers', async () => {
    const body = `<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes><text:h text:outline-level="2">Birds</text:h><text:p>Two<text:s text:c="2"/>words<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>a note</text:p></text:note-body></text:note></text:p><text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table><text:p>Sum<office:annotation><dc:date>2020</dc:date><text:p>Check.</text:p></office:annotation></text:p>`;
    const styles = `${XML}<office:document-styles ${names}><style:header><text:p>QX-77 <text:page-number>1</text:page-number></text:p></style:header><text:p>a style</text:p></office:document-styles>`;
    const document = await read(
      odf('text', body, [
        { name: 'styles.xml', content: styles },
        { name: 'meta.xml', content: `${XML}<m><dc:title>Wings</dc:title></m>` },
      ]),
      'a.odt',
    );
    expect(document).toMatchObject({ format: 'odt', title: 'Wings' });
    const text = document.blocks.map((block) => block.text).join('\n');
    expect(document.blocks[0]).toEqual({ text: 'Birds', heading: 2 });
    for (const part of ['Two words', 'a note', 'one\ntwo', 'a | b', 'Check.', 'QX-77']) expect(text).toContain(part);
    for (const part of ['deleted', 'a style', '2020']) expect(text).not.toContain(part);
  });

  it('presentations are read; spreadsheets and encrypted files are refused by name', async () => {
    const body =
      '<draw:page><draw:frame presentation:class="title"><draw:text-box><text:p>Slide</text:p></draw:text-box></draw:frame><draw:frame><draw:text-box><text:p>Words</text:p></draw:text-box></draw:frame><presentation:notes><text:p>aside</text:p></presentation:notes></draw:page>';
    expect((await textsOf(odf('presentation', body), 'a.odp')).join('\n')).toBe('Slide\nWords\nNotes:\naside');
    await expect(read(odf('spreadsheet', ''), 'a.ods')).rejects.toMatchObject({
      code: 'unsupported-format',
      message: expect.stringContaining('an OpenDocument spreadsheet'),
    });
    const locked = odf('text', '', [{ name: 'META-INF/manifest.xml', content: '<manifest:encryption-data/>' }]);
    await expect(read(locked, 'a.odt')).rejects.toMatchObject({ code: 'encrypted-document' });
  });
});
