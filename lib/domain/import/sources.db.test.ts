import { beforeEach, expect, test } from 'vitest';
import { createContext, emptyYard } from '@/lib/testing';
import { bring, storeText, workOn } from '@/lib/testing/imports';
import { makeXlsx } from '@/lib/testing/make-xlsx';
import { changeImport, checkImport, createImport, getImport } from './index';

beforeEach(emptyYard);

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

test('two workbooks at once are refused with what to do', async () => {
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
])('%s and %s that are no one table are refused at once, with what differs', async (...given) => {
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

test('a name that leads to a private address is refused by the worker, without naming it', async () => {
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
