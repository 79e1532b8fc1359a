import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeBook } from '@/lib/testing/make-xlsx';
import { findHeader } from './find-header';
import { LeftOutTally } from './left-out';
import { readRows } from './read-rows';
import type { ReadOptions } from './row';

const folder = mkdtempSync(join(tmpdir(), 'batchyard-layout-'));
process.env.DATA_DIR = folder;
afterAll(() => rmSync(folder, { recursive: true }));

const cut = (text: string) => text.split('\n').map((line) => line.split(','));

describe('the header row', () => {
  it.each([
    ['an ordinary table', 'id,name\n1,a\n2,b', 0],
    ['a table of text', 'name,city\nAnn,Rome\nBob,Paris', 0],
    ['one column', 'name\nAnn\nBob', 0],
    ['rows with a cell too many', 'name,city\nAnn,Rome,IT\nBob,Paris,FR', 0],
    ['numbers with a cell too many', 'name,age\nAnn,5,x\nBob,6,y', 0],
    ['columns without a name', 'id,name,,,\n1,Ann,x,y,z\n2,Bob,x,y,z', 0],
    ['a gap in the header over a row of text', 'id,,n\nA,x,unknown\nB,y,5\nC,z,6', 0],
    ['a gap in the header', 'name,,city\nAnn,x,Rome\nBob,y,Paris', 0],
    ['rows that are filled in part', 'a,b,c,d\n1,,,\n2,,,\n3,,,4', 0],
    ['one row', 'a,b', 0],
    ['nothing but values', '1,2\n3,4', 0],
    ['a title', 'Q3 export\nRegion,Item,Qty\nNorth,a,1\nSouth,b,2', 1],
    ['a title with a comma', 'Report, January\nRegion,Item,Qty\nNorth,a,1\nSouth,b,2', 1],
    ['a title padded with delimiters', 'Q3 export,,\nRegion,Item,Qty\nNorth,a,1', 1],
    ['a title over text', 'People\nname,city\nAnn,Rome\nBob,Paris', 1],
    ['facts above', 'Printed:,2026-01-31,,\nBy:,Ann,,\nid,name,city,n\n1,a,b,2\n2,a,b,3', 2],
    ['facts that fill most of the width', 'Date,2024-01-01\nUser,Ann\nid,name,qty\n1,x,2\n2,y,3', 2],
    ['a first row of values over longer rows', 'Ann,5\nBob,6,x\nEve,7,y', 0],
    ['years as names', 'Sales\nRegion,2024,2025\nNorth,1,2\nSouth,3,4', 1],
    ['groups above merged columns', 'Person,,Address,\nname,age,city,zip\nAnn,5,Rome,1\nBob,6,Paris,2', 1],
    ['groups of which most are one column', 'Name,Q1,,Q2\nperson,plan,actual,plan\nAnn,1,2,3\nBob,2,3,4', 1],
    ['a title and groups', 'Plan\nName,Q1,,Q2\nperson,plan,actual,plan\nAnn,1,2,3\nBob,2,3,4', 2],
  ])('%s', (_, text, at) => {
    expect(findHeader(cut(text))).toBe(at);
  });

  it('is a row with the name of a known field', () => {
    expect(findHeader(cut('Our list,of\nurl,note,x\nhttp://a,b,c'), ['url'])).toBe(1);
    expect(findHeader(cut('url\na,b\nc,d'), ['url'])).toBe(0);
  });
});

async function* once(bytes: Uint8Array) {
  yield bytes;
}

async function read(bytes: Uint8Array | string, format: 'csv' | 'xlsx', options: ReadOptions = {}) {
  const left = new LeftOutTally();
  const bad: string[] = [];
  const rows = [];
  const watch: ReadOptions = {
    onHeader: left.onHeader,
    onLeftOut: left.onLeftOut,
    onBadCell: (row, column, cell) => bad.push(`${row} ${column} ${cell.why}`),
    ...options,
  };
  const source = once(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  for await (const row of readRows(source, format, watch)) rows.push('values' in row ? row.values : row);
  return { rows, bad, remarks: [...left.aboutHeader(), ...left.aboutRows()] };
}

const failing = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    ({ code, message }) => `${code}: ${message}`,
  );

describe('lines of a CSV that are not rows', () => {
  it.each(['sep=;\nname;qty\n', '\ufeffsep=;\r\nname;qty\n', '"sep=;"\nname;qty\n', 'SEP=;\nname;qty\n'])(
    'name the delimiter: %j',
    async (head) => {
      expect((await read(`${head}Bolt, M4;10\n`, 'csv')).rows).toEqual([{ name: 'Bolt, M4', qty: '10' }]);
    },
  );

  it('are reported: titles, blank rows, notes', async () => {
    const text = 'Q3 export\n\nRegion,Item,Qty\nNorth,a,1\n ,\n,,\nSouth,b,2\n\nSource: us\nall figures rounded\n';
    expect(await read(text, 'csv', { findHeader: true })).toMatchObject({
      rows: [
        { Region: 'North', Item: 'a', Qty: '1' },
        { Region: 'South', Item: 'b', Qty: '2' },
      ],
      remarks: [
        'Row 3 names the columns. Left out above it: row 1 “Q3 export”.',
        'Left out: 2 blank rows.',
        'Left out as notes under the table: row 9 “Source: us”, row 10 “all figures rounded”.',
      ],
    });
  });

  it('do not include a row with one cell, unless only such rows follow a blank one', async () => {
    const text = 'a,b\n1,2\n3,\n\n4,\n5,6\n';
    expect((await read(text, 'csv')).rows).toHaveLength(4);
  });

  it('are all above a chosen header', async () => {
    const text = 'x\n\na,b\n1,2\n';
    expect((await read(text, 'csv', { headerRow: 3 })).rows).toEqual([{ a: '1', b: '2' }]);
    expect(await failing(read(text, 'csv', { headerRow: 2 }))).toBe(
      'no-header: Row 2 can’t name the columns: it is blank. Row 3 is not.',
    );
    expect(await failing(read(text, 'csv', { headerRow: 9 }))).toBe(
      'no-header: There is no row 9 to name the columns.',
    );
  });
});

const row = (...cells: string[]) => `<row>${cells.join('')}</row>`;
const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
const styled = (style: number, value: number | string) => `<c s="${style}"><v>${value}</v></c>`;

describe('cells of a sheet', () => {
  it.each([
    ['', '2026-01-31', '2026-01-31T10:30:00.000Z', 46_053],
    ['<workbookPr date1904="1"/>', '2026-01-31', '2026-01-31T10:30:00.000Z', 44_591],
  ])('are days, times and durations: %s', async (system, day, moment, serial) => {
    const rows =
      row(text('a'), text('b'), text('c')) +
      row(styled(1, serial), styled(5, serial + 0.4375), styled(2, 7 / 24 + 5 / 1440)) +
      row(styled(3, 1.25), styled(3, 0.34375), styled(3, -0.5)) +
      row(styled(2, 0), styled(4, (7 * 3600 + 5.25) / 86_400), styled(6, 0.125));
    expect((await read(makeBook([{ rows }], system), 'xlsx')).rows).toEqual([
      { a: day, b: moment, c: '07:05:00' },
      { a: '30:00:00', b: '08:15:00', c: '-12:00:00' },
      { a: '00:00:00', b: '07:00:05.250', c: 0.125 },
    ]);
  });

  it('are ISO 8601 dates, whole numbers with all digits, and other values', async () => {
    const iso = (value: string) => `<c t="d"><v>${value}</v></c>`;
    const rows =
      row(text('a'), text('b'), text('c')) +
      row(iso('2026-01-31T00:00:00'), iso('2026-01-31T10:30:00'), iso('07:05:00')) +
      row(iso('PT30H15M'), '<c><v>9007199254740993</v></c>', '<c><v>1e400</v></c>') +
      row('<c t="b"><v>1</v></c>', '<c t="str"><f>A1&amp;""</f><v></v></c>', '<c><f>1+1</f><v>2</v></c>');
    expect((await read(makeBook([{ rows }]), 'xlsx')).rows).toEqual([
      { a: '2026-01-31', b: '2026-01-31T10:30:00.000Z', c: '07:05:00' },
      { a: '30:15:00', b: '9007199254740993', c: '1e400' },
      { a: true, b: '', c: 2 },
    ]);
  });

  it('are named if they contain an error or a formula without a result', async () => {
    const rows =
      row(text('a'), text('b')) +
      row('<c><v>1</v></c>', '<c t="e"><v>#N/A</v></c>') +
      row('<c><f>A1*2</f><v></v></c>', '<c t="str"><f>A1</f></c>');
    const { rows: found, bad } = await read(makeBook([{ rows }]), 'xlsx');
    expect(found).toEqual([
      { a: 1, b: null },
      { a: null, b: null },
    ]);
    expect(bad).toEqual([
      '1 b holds the Excel error #N/A, which is no value: correct it in the workbook',
      '2 a is a formula without a saved result: open the workbook in a spreadsheet, save it, and upload it again',
      '2 b is a formula without a saved result: open the workbook in a spreadsheet, save it, and upload it again',
    ]);
  });

  it('beyond the header get a column on request, and blank rows are skipped', async () => {
    const rows = row(text('a')) + row('<c/>') + row(text(' ')) + row('<c><v>1</v></c>', '<c/>', '<c><v>3</v></c>');
    expect(await read(makeBook([{ rows }]), 'xlsx')).toMatchObject({
      rows: [{ row: 2, issue: 'has 3 cells, the header has 1', cells: { a: 1, column_2: null, column_3: 3 } }],
      remarks: ['Left out: 1 blank row.'],
    });
    const { rows: extended } = await read(makeBook([{ rows }]), 'xlsx', { extend: true });
    expect(extended).toEqual([{ a: 1, column_2: null, column_3: 3 }]);
  });
});

describe('the chosen sheet', () => {
  const table = row(text('a')) + row(text('x'));
  const seen = async (sheets: Parameters<typeof makeBook>[0], sheet?: string) => {
    const said: unknown[] = [];
    const options = { ...(sheet && { sheet }), onSheet: (chosen: unknown) => said.push(chosen) };
    await read(makeBook(sheets), 'xlsx', options);
    return said[0];
  };

  it('is the first visible one with cells, and the others are reported', async () => {
    expect(
      await seen([
        { rows: table, state: 'hidden' },
        { rows: table, state: 'veryHidden' },
        { rows: '', kind: 'chartsheet' },
        { rows: row('<c/>') },
        { rows: table },
        { rows: table },
      ]),
    ).toEqual({
      name: 'S4',
      sheets: ['S0', 'S1', 'S3', 'S4', 'S5'],
      remarks: [
        'The sheet “S4” is read. Not read: “S0”, “S1” (hidden), “S2” (no table: a chart or a macro sheet), “S3” (empty).',
      ],
    });
    expect(await seen([{ rows: table }, { rows: table }])).toMatchObject({ name: 'S0', remarks: [] });
    expect(await seen([{ rows: table, state: 'hidden' }, { rows: table }], 'S0')).toMatchObject({
      remarks: ['The sheet “S0” is hidden.'],
    });
  });

  it('is refused with a reason if it is missing', async () => {
    expect(await failing(seen([{ rows: '' }]))).toBe('no-rows: The sheet “S0” is empty: no cell holds a value.');
    expect(await failing(seen([{ rows: table, state: 'hidden' }]))).toBe(
      'no-rows: All sheets with cells are hidden: “S0”. Name the one that is meant.',
    );
    expect(await failing(seen([{ rows: '', kind: 'chartsheet' }]))).toBe(
      'no-rows: The workbook has no sheet with cells, only “S0”.',
    );
    expect(await failing(seen([{ rows: '', kind: 'chartsheet' }, { rows: table }], 'S0'))).toBe(
      'unsupported: “S0” is a chart or a macro sheet, which holds no table; there are “S1”.',
    );
  });
});
