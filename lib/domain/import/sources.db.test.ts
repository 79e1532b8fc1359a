import { beforeEach, expect, test } from 'vitest';
import type { Mapping } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import type { Context } from '@/lib/domain/context';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { bring, storeText, workOn } from '@/lib/testing/imports';
import { makeBook, makeXlsx } from '@/lib/testing/make-xlsx';
import { changeImport } from './change-import';
import { checkImport } from './check-import';
import { createImport } from './create-import';
import { fixRow } from './fix-row';
import { getImport } from './imports';
import { listIssues, streamIssues } from './list-issues';

beforeEach(truncateAll);

const SHEET = [
  ['durationMs', 'payload'],
  [1, 'a, "quoted"'],
  ['soon', 'two\nlines'],
];

test('a workbook is unpacked once, and is then read like any table', async () => {
  const context = await createContext();
  const found = await bring(context, 'book.xlsx', makeXlsx(SHEET));
  expect(found).toMatchObject({
    status: 'ready',
    sheets: ['Table'],
    columns: ['durationMs', 'payload'],
    reading: { format: 'xlsx', sheet: 'Table', header: true },
  });
  expect(found.preview).toEqual([
    { durationMs: '1', payload: 'a, "quoted"' },
    { durationMs: 'soon', payload: 'two\nlines' },
  ]);
  await checkImport(context, found.id);
  expect(await workOn(context, found.id)).toMatchObject({ rows: 2, good: 1, bad: 1 });
  const headless = (await changeImport(context, found.id, { reading: { header: false } })).import;
  expect(headless).toMatchObject({ status: 'ready', columns: ['column_1', 'column_2'] });
  expect(headless.preview).toHaveLength(3);
});

test('two workbooks at once are refused with advice', async () => {
  const context = await createContext();
  const fileIds = [
    await storeText(context, 'a.xlsx', makeXlsx(SHEET)),
    await storeText(context, 'b.xlsx', makeXlsx(SHEET)),
  ];
  const { id } = (await createImport(context, { type: 'diagnostic', content: 'rows', fileIds })).import;
  expect((await getImport(context, id)).import).toMatchObject({ status: 'failed', error: { code: 'one-workbook' } });
});

test.each([
  ['a.csv', 'name,age\nann,1\n', 'b.csv', 'name,years\nbob,2\n', 'other-columns', 'b.csv lacks the column age'],
  ['a.csv', 'name,age\nann,1\n', 'b.json', '[{"name":"bob"}]', 'other-format', 'b.json is JSON, and a.csv is a CSV'],
  ['a.csv', 'name,age\nann,1\n', 'b.csv', '%PDF-1.7\n', 'not-a-table', 'b.csv is a PDF'],
])('%s and %s that are not one table are refused at once, with the difference', async (...given) => {
  const [one, first, two, second, code, message] = given;
  const context = await createContext();
  const fileIds = [await storeText(context, one, first), await storeText(context, two, second)];
  const made = (await createImport(context, { type: 'diagnostic', content: 'rows', fileIds })).import;
  expect(made).toMatchObject({ status: 'failed', error: { code, message: expect.stringContaining(message) } });
});

test.each([
  'http://127.0.0.1/table.csv',
  'http://169.254.169.254/latest/meta-data',
  'http://[::1]/table.csv',
  'http://user:secret@example.com/table.csv',
  'file:///etc/passwd',
  'no address',
])('%s is not fetched', async (url) => {
  const context = await createContext();
  await expect(createImport(context, { type: 'diagnostic', content: 'rows', url })).rejects.toMatchObject({
    code: 'invalid-request',
    errors: [{ path: 'url' }],
  });
});

test('a name that resolves to a private address is refused by the worker, without the address', async () => {
  const context = await createContext();
  const url = 'http://localhost:1/secret-report.csv?token=hidden';
  const made = (await createImport(context, { type: 'diagnostic', content: 'rows', url })).import;
  expect(made).toMatchObject({
    status: 'reading',
    name: 'secret-report.csv',
    url: expect.not.stringContaining('hidden'),
  });
  const refused = await workOn(context, made.id);
  expect(refused).toMatchObject({ status: 'failed', error: { code: 'outbound-refused' } });
  expect(refused.error?.message).not.toMatch(/127\.0\.0\.1|::1/);
});

const checked = async (context: Context, id: string, mapping?: Mapping) => {
  if (mapping) await changeImport(context, id, { mapping });
  await checkImport(context, id);
  const found = await workOn(context, id);
  return { ...found, issues: (await listIssues(context, id, { limit: 50 })).issues };
};

test('the header row is detected and reported, and another one can be chosen', async () => {
  const context = await createContext();
  const text = 'Q3 export\n\nRegion,durationMs,Qty\nNorth,1,1\n ,\nSouth,2,2\n\nSource: us\n';
  const found = await bring(context, 'a.csv', text);
  expect(found).toMatchObject({
    columns: ['Region', 'durationMs', 'Qty'],
    reading: { header: true, headerRow: 3 },
    remarks: ['Row 3 names the columns. Left out above it: row 1 “Q3 export”.'],
  });
  expect(await checked(context, found.id)).toMatchObject({
    rows: 2,
    good: 2,
    remarks: [expect.any(String), 'Left out: 1 blank row.', 'Left out as notes under the table: row 8 “Source: us”.'],
  });
  const chosen = (await changeImport(context, found.id, { reading: { headerRow: 4 } })).import;
  expect(chosen).toMatchObject({ columns: ['North', '1', '1_2'], reading: { headerRow: 4 } });
  const blank = (await changeImport(context, found.id, { reading: { headerRow: 2 } })).import;
  expect(blank).toMatchObject({
    status: 'failed',
    error: { code: 'no-header', message: expect.stringMatching(/Row 2 .* blank/) },
  });
  const again = (await changeImport(context, found.id, { reading: { header: true } })).import;
  expect(again).toMatchObject({ status: 'ready', reading: { headerRow: 3 } });
  const fileIds = [await storeText(context, 'b.csv', text)];
  const body = { type: 'diagnostic', content: 'rows', fileIds, reading: { headerRow: 4 } } as const;
  expect((await createImport(context, body)).import.reading?.headerRow).toBe(4);
});

test('reading options of an earlier version stay in force', async () => {
  const context = await createContext();
  const fileIds = [await storeText(context, 'a.csv', 'note\na,b\n1,2\n')];
  const body = { type: 'diagnostic', content: 'rows', fileIds, reading: { headerRow: 2, delimiter: ',' } } as const;
  const { id } = (await createImport(context, body)).import;
  await pool().query(
    sql`update import set detected = json_build_object('remarks', '[]'::json, 'suggested', '[]'::json, 'told', detected -> 'overrides')
     where id = ${id}`,
  );
  const changed = (await changeImport(context, id, { reading: { encoding: 'windows-1252' } })).import;
  expect(changed).toMatchObject({ columns: ['a', 'b'], reading: { headerRow: 2, encoding: 'windows-1252' } });
});

test('a first line that names the delimiter is applied', async () => {
  const found = await bring(await createContext(), 'a.csv', 'sep=;\nname;qty\nBolt, M4;10\nNut;20\n');
  expect(found).toMatchObject({
    columns: ['name', 'qty'],
    preview: [{ name: 'Bolt, M4', qty: '10' }, { name: 'Nut' }],
    reading: { delimiter: ';', headerRow: 2 },
  });
});

test('rows of another length keep their cells, can be corrected on the page, and are in the downloaded file', async () => {
  const context = await createContext();
  const found = await bring(context, 'a.csv', 'durationMs,payload\n1,"a",b\n2\n3,c\n');
  const { issues, good } = await checked(context, found.id);
  expect(good).toBe(1);
  expect(issues).toMatchObject([
    { row: 1, problems: [{ message: 'has 3 cells, the header has 2' }] },
    { row: 2, problems: [{ message: 'has 1 cell, the header has 2' }] },
  ]);
  expect(issues.map(({ cells }) => cells)).toEqual([
    { durationMs: '1', payload: 'a', column_3: 'b' },
    { durationMs: '2' },
  ]);
  expect((await streamIssues(context, found.id)).columns).toEqual(['durationMs', 'payload', 'column_3']);
  const still = await fixRow(context, found.id, { row: 1, cells: { payload: 'a, b' } });
  expect(still.issue?.problems[0]?.message).toBe('has 3 cells, the header has 2');
  expect(await fixRow(context, found.id, { row: 1, cells: { column_3: '' } })).toMatchObject({ issue: null });
  expect(await fixRow(context, found.id, { row: 2, cells: { payload: 'z' } })).toMatchObject({ import: { good: 3 } });
  const again = await checked(context, found.id);
  expect(again).toMatchObject({ rows: 3, good: 3, bad: 0 });
});

test('a sheet keeps its title, gaps and row numbers, and names cells without a value', async () => {
  const context = await createContext();
  const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
  const rows =
    `<row r="1">${text('Q3')}</row><row r="3">${text('url')}${text('total')}${text('note')}</row>` +
    `<row r="4">${text('a')}<c t="e"><v>#N/A</v></c></row><row r="5">${text('b')}<c><f>A1</f><v/></c></row>` +
    `<row r="6">${text('c')}<c><v>7</v></c>${text('x')}<c><v>8</v></c></row>` +
    `<row r="7">${text('d')}<c><v>9</v></c><c t="e"><v>#REF!</v></c></row>`;
  const found = await bring(context, 'a.xlsx', makeBook([{ rows }]), { type: 'bulk-operation' });
  expect(found).toMatchObject({
    reading: { headerRow: 3, sheet: 'S0' },
    columns: ['url', 'total', 'note'],
    remarks: [
      'Cells without a value: 2 with an Excel error, 1 with a formula whose result was not saved (row 4 #N/A, row 5 a formula, row 7 #REF!).',
      'Row 3 names the columns. Left out above it: row 1 “Q3”.',
    ],
  });
  expect(found.preview[0]).toEqual({ url: 'a', total: '#N/A', note: '' });
  const mapping = { url: { from: 'template', template: 'http://127.0.0.1:9/x?t={{total}}' } } as const;
  const { issues, good } = await checked(context, found.id, mapping);
  expect(good).toBe(1);
  expect(issues).toMatchObject([
    {
      row: 1,
      problems: [{ path: 'url', column: 'total', message: expect.stringMatching(/^holds the Excel error #N\/A/) }],
    },
    {
      row: 2,
      problems: [
        { path: 'url', column: 'total', message: expect.stringMatching(/^is a formula without a saved result/) },
      ],
    },
    { row: 3, problems: [{ path: '', message: 'has 4 cells, the header has 3' }] },
  ]);
  expect(issues.map(({ cells }) => cells?.total)).toEqual(['#N/A', '', '7']);
  const { issue } = await fixRow(context, found.id, { row: 1, cells: { note: 'n' } });
  expect(issue?.problems[0]?.message).toMatch(/#N\/A/);
  expect(await fixRow(context, found.id, { row: 1, cells: { total: '5' } })).toMatchObject({ issue: null });
});

test('hidden sheets and charts are not chosen as the table, and another sheet can be chosen', async () => {
  const context = await createContext();
  const text = (value: string) => `<row><c t="inlineStr"><is><t>${value}</t></is></c></row>`;
  const sheets = [
    { rows: text('hid') + text('x'), state: 'hidden' as const },
    { rows: '', kind: 'chartsheet' as const },
    { rows: text('shown') + text('y') },
  ];
  const found = await bring(context, 'a.xlsx', makeBook(sheets));
  expect(found).toMatchObject({
    columns: ['shown'],
    sheets: ['S0', 'S2'],
    remarks: [expect.stringMatching(/“S0” \(hidden\), “S1” \(no table/)],
  });
  const none = await bring(context, 'b.xlsx', makeBook([{ rows: '' }, ...sheets.slice(0, 1)]));
  expect(none).toMatchObject({
    status: 'failed',
    sheets: ['S0', 'S1'],
    reading: { format: 'xlsx' },
    error: { code: 'no-rows', message: 'b.xlsx: The sheet “S0” is empty: no cell holds a value. Hidden are “S1”.' },
  });
  await changeImport(context, none.id, { reading: { sheet: 'S1' } });
  expect(await workOn(context, none.id)).toMatchObject({
    status: 'ready',
    columns: ['hid'],
    remarks: [expect.stringMatching(/is hidden/)],
  });
});
