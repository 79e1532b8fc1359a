import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { extract } from '@/workers/processors/document-processing/extract';
import { makePdf, wordsAt } from '@/workers/processors/document-processing/fixtures/make-pdf';

const textsOf = async (pdf: Uint8Array) => (await extract(pdf, 'a.pdf')).blocks.map(({ text }) => text);

const LEFT = [
  'Herons are large wading birds',
  'that live close to rivers and',
  'lakes. They feed on fish and',
  'frogs, which they catch with a',
  'quick strike of the long bill.',
];
const RIGHT = [
  'Kingfishers are small birds of',
  'bright colours. They dig their',
  'nests into sandy banks and dive',
  'from a branch into the water to',
  'catch minnows.',
];
const MIDDLE = [
  'Otters sleep on their backs',
  'and hold hands while they',
  'float, so that no one drifts',
  'away from the others in',
  'the night.',
];

/** Stores text line by line across the page, as some programs do. */
const across = (columns: [x: number, lines: string[]][], top = 700): string =>
  (columns[0]?.[1] ?? [])
    .map((_, i) => wordsAt(...columns.map(([x, lines]): [number, number, string] => [x, top - i * 14, lines[i] ?? ''])))
    .join('\n');

describe('columns', () => {
  it('are read one after the other, even if they are written line by line across', async () => {
    const content = across([
      [72, LEFT],
      [320, RIGHT],
    ]);
    expect(await textsOf(makePdf([{ content }]))).toEqual([LEFT.join(' '), RIGHT.join(' ')]);
  });

  it('are found below a heading and above a footer, also three of them', async () => {
    const content = [
      wordsAt([72, 740, 'A heading that goes over the whole width of the page and is long enough for it']),
      across([
        [40, LEFT],
        [230, MIDDLE],
        [420, RIGHT],
      ]),
      wordsAt([72, 600, 'The text below the columns goes over the whole width of the page again, as before']),
    ].join('\n');
    const text = (await textsOf(makePdf([{ content }]))).join('\n');
    const places = ['A heading', ...[LEFT, MIDDLE, RIGHT].map((lines) => lines.join(' ')), 'The text below'].map(
      (part) => text.indexOf(part),
    );
    expect(places).not.toContain(-1);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  it('join a sentence that continues at the top of the next column', async () => {
    const [left, right] = [LEFT.slice(0, 4), ['quick strike of the long bill.', ...RIGHT.slice(0, 3)]];
    const content = across([
      [72, left],
      [320, right],
    ]);
    expect((await textsOf(makePdf([{ content }])))[0]).toContain('with a quick strike of the long bill.');
  });

  it.each<[string, [string, string][]]>([
    [
      'short cells',
      [
        ['Item', 'Price'],
        ['Bolt', '0.10'],
        ['Nut', '0.20'],
        ['Washer', '0.05'],
        ['Screw', '0.30'],
      ],
    ],
    [
      'cells of several words',
      [
        ['Bolts of steel, large size', 'Ten pieces in each box'],
        ['Nuts of steel, large size', 'Twenty pieces in each box'],
        ['Washers of brass, small', 'Fifty pieces in each bag'],
        ['Screws of zinc, medium', 'Hundred pieces in each bag'],
      ],
    ],
    [
      'cells that begin with small letters',
      [
        ['the right to be heard in court', 'everyone may speak before a judge'],
        ['the right to leave the country', 'no one is kept inside by force'],
        ['the freedom to choose a trade', 'work is chosen and not ordered'],
        ['the freedom to write and print', 'no paper is read by an office'],
      ],
    ],
  ])('are not detected in a table of %s', async (_, rows) => {
    const content = across([
      [72, rows.map(([a]) => a)],
      [320, rows.map(([, b]) => b)],
    ]);
    const text = (await textsOf(makePdf([{ content }]))).join(' ');
    for (const [a, b] of rows) expect(text).toMatch(new RegExp(`${a}\\s+${b}`));
  });

  it('are not detected in a table whose cells have several lines', async () => {
    const cells = [0, 1, 2].flatMap((row) =>
      ['Some words of a longer', 'cell that goes on here', 'until its end comes'].map(
        (text, line): [number, string] => [700 - row * 60 - line * 14, text],
      ),
    );
    const content = cells.map(([y, text]) => wordsAt([72, y, `${text} left`], [320, y, `${text} right`])).join('\n');
    expect((await textsOf(makePdf([{ content }])))[0]).toContain('longer left Some words of a longer right');
  });
});

describe('text of forms and annotations', () => {
  it('is read from form fields: texts, choices and check boxes', async () => {
    const annotations = [
      '/Subtype /Widget /FT /Tx /T (surname) /TU (Surname) /V (Lovelace)',
      '/Subtype /Widget /FT /Tx /T (form[0].page[0].city[0]) /V (London)',
      '/Subtype /Widget /FT /Ch /Ff 131072 /T (country) /V (gb) /Opt [[(gb) (United Kingdom)] [(fr) (France)]]',
      '/Subtype /Widget /FT /Btn /T (member) /V /Yes /AS /Yes /AP << /N << /Yes null /Off null >> >>',
      '/Subtype /Widget /FT /Btn /T (newsletter) /V /Off /AS /Off /AP << /N << /Yes null /Off null >> >>',
      '/Subtype /Widget /FT /Tx /Ff 8192 /T (password) /V (hidden)',
      '/Subtype /Widget /FT /Tx /T (empty) /V ()',
    ];
    const texts = await textsOf(makePdf([{ content: '', annotations }]));
    expect(texts).toEqual(['Surname: Lovelace\ncity: London\ncountry: United Kingdom\nmember: Yes']);
  });

  it('is read once from notes and text boxes', async () => {
    const annotations = [
      '/Subtype /Text /T (Ann) /Contents (Check this sum.)',
      '/Subtype /FreeText /DA (/Helv 12 Tf) /Contents (Approved in May)',
      '/Subtype /Highlight /QuadPoints [72 92 272 92 72 72 272 72] /Contents (A quotation)',
      '/Subtype /Link /Contents (A link)',
    ];
    const texts = await textsOf(makePdf([{ content: wordsAt([72, 700, 'Printed.']), annotations }]));
    expect(texts).toEqual(['Printed.', 'Ann: Check this sum.', 'Approved in May', 'A quotation']);
  });
});

describe('pages without text', () => {
  const picture = { width: 40, height: 40, gray: new Uint8Array(1600).fill(128) };
  const scan = { content: 'q 612 0 0 792 0 0 cm /Im Do Q', picture };

  it('are named unless they are blank', async () => {
    const pdf = makePdf([['Words.'], scan, { content: '' }, ['More words.'], scan]);
    expect(await extract(pdf, 'a.pdf')).toMatchObject({
      pages: 5,
      textless: [2, 5],
      remarks: [{ code: 'pages-without-text', message: expect.stringContaining('Pages 2 and 5 have no text') }],
    });
  });

  it('may have a page number or a stamp, and a page with a logo is not one of them', async () => {
    const stamped = { ...scan, content: `${scan.content}\n${wordsAt([500, 20, 'Page 2'])}` };
    const logo = { ...scan, content: `q 60 0 0 60 0 0 cm /Im Do Q\n${wordsAt([72, 700, 'Dear Ann'])}` };
    expect(await extract(makePdf([['Words.'], stamped, logo]), 'a.pdf')).toMatchObject({ textless: [2] });
  });

  it('are returned as pictures on request, rotated as on the page', async () => {
    const half = new Uint8Array(1600).fill(255);
    half.fill(0, 0, 800);
    const pdf = makePdf([['Words.'], { content: scan.content, picture: { ...picture, gray: half } }]);
    const { pictures } = await extract(pdf, 'a.pdf', { pictures: true });
    expect(pictures).toMatchObject([{ page: 2, at: 1 }]);
    const png = Buffer.from(pictures?.[0]?.png ?? []);
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    const data = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
    const at = (x: number, y: number) => rows[Math.floor(height * y) * (width + 1) + 1 + Math.floor(width * x)];
    expect(height).toBe(2000);
    expect([at(0.5, 0.1), at(0.5, 0.4), at(0.5, 0.6), at(0.5, 0.9)]).toEqual([0, 0, 255, 255]);
  });
});
