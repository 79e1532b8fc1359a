import { describe, expect, it, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext } from '@/lib/testing/factories';
import { bring, workOn } from '@/lib/testing/imports';
import { makeWorkbook, makeXlsx } from '@/lib/testing/make-xlsx';
import { changeImport } from './change-import';
import { checkImport } from './check-import';
import { launchImport } from './launch-import';
import { listIssues } from './list-issues';

// What people bring by mistake, and what is made to harm: each is refused with what to do, or read safely.
// Listed in docs/reliability.md, "Hostile files".

const MB = 1024 ** 2;
const row = { payload: { from: 'row' } } as const;

/** Brings a file and checks its rows as whole rows. */
async function check(content: string | Uint8Array, name = 'hostile.csv') {
  const context = await createContext();
  const found = await bring(context, name, content);
  if (found.status === 'failed') return { context, found, issues: [] };
  await changeImport(context, found.id, { mapping: row });
  await checkImport(context, found.id);
  const checked = await workOn(context, found.id);
  const { issues } = await listIssues(context, found.id, { limit: 10 });
  return { context, found: checked, issues };
}

describe('a hostile file is refused with advice', () => {
  const wide = (columns: number) => Array.from({ length: columns }, (_, i) => `c${i}`).join(',');
  it.each([
    ['an empty file', '', /empty/],
    ['nothing but blanks', '\n\n   \n', /rows|blank/],
    ['a header and no row', 'name,url\n', /header .* no row/],
    ['a web page called CSV', '<!doctype html><title>Sign in</title>', /web page/],
    ['a binary file called CSV', Buffer.from([0, 1, 2, 3, 0, 0, 9, 0, 200, 0]), /not text/],
    ['16,000 columns', `${wide(16_000)}\n${wide(16_000)}\n`, /16000 columns; at most 1000/],
    ['one line of 3 MB', `a,${'x'.repeat(3 * MB)}`, /characters|row/],
    ['a damaged workbook', Buffer.from('PK\x03\x04 and then nothing of a ZIP archive'), /damaged.*CSV/],
  ])('%s', async (_, content, message) => {
    const { found } = await check(content);
    expect(found.status).toBe('failed');
    expect(found.error?.message).toMatch(message);
  });

  test('when a JSON list is cut off', async () => {
    const { found } = await check(`[${'{"a":1},'.repeat(200)}`, 'cut.json');
    expect(found).toMatchObject({ status: 'failed', error: { code: 'corrupt-file' } });
  });

  test('when a workbook unpacks to too much', async () => {
    const bomb = makeWorkbook(`<worksheet><sheetData>${`<x a="${' '.repeat(MB)}"/>`.repeat(100)}`);
    expect(bomb.length).toBeLessThan(MB);
    const { found } = await check(bomb, 'bomb.xlsx');
    expect(found).toMatchObject({ status: 'failed', error: { code: 'too-large' } });
    expect(found.error?.message).toMatch(/unpacks to far more/);
  });
});

describe('a hostile file is read and its bad rows are named', () => {
  test('if rows have other widths, are giant or have broken quotes', async () => {
    const giant = `big,"${'x'.repeat(2 * MB)}"`;
    const { found, issues } = await check(`a,b\n1,2\n1,2,3\n${giant}\n5,"x"y\n6,7\n`);
    expect(found).toMatchObject({ status: 'checked', rows: 5, good: 2, bad: 3 });
    expect(issues.map((issue) => issue.row)).toEqual([2, 3, 4]);
  });

  test('if JSON is nested deeply', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const { found, issues } = await check(`{"a":1}\n{"a":${deep}}\n`, 'deep.jsonl');
    expect(found).toMatchObject({ good: 1, bad: 1 });
    expect(issues[0]).toMatchObject({ row: 2, problems: [{ message: expect.stringMatching(/nest/) }] });
  });

  test('if bytes of another encoding are in the middle', async () => {
    const content = Buffer.concat([
      Buffer.from(`a,b\n${'1,2\n'.repeat(100_000)}`),
      Buffer.from('caf\xe9,3\n4,5\n', 'latin1'),
    ]);
    const { context, found, issues } = await check(content);
    expect(found).toMatchObject({ bad: 1, good: 100_001 });
    expect(issues[0]).toMatchObject({ row: 100_001, problems: [{ message: expect.stringMatching(/UTF-8/) }] });
    await changeImport(context, found.id, { reading: { encoding: 'windows-1252' } });
    await changeImport(context, found.id, { mapping: row });
    await checkImport(context, found.id);
    expect(await workOn(context, found.id)).toMatchObject({ bad: 0, good: 100_002 });
  });

  test('if a NUL character is beyond the first inspected part', async () => {
    const { found, issues } = await check(`a,b\n${'1,2\n'.repeat(80_000)}x\u0000y,2\n3,4\n`);
    expect(found).toMatchObject({ bad: 1, good: 80_001 });
    expect(issues[0]?.problems[0]?.message).toMatch(/NUL/);
  });
});

describe('a hostile file is read safely', () => {
  test("if column names are repeated, empty, or names of JavaScript's prototypes", async () => {
    const { context, found } = await check('id,id,,__proto__,constructor\n1,2,3,4,5\n');
    expect(found.columns).toEqual(['id', 'id_2', 'column_3', '__proto__', 'constructor']);
    expect(found.remarks.join(' ')).toMatch(/twice/);
    await launchImport(context, found.id, { name: 'proto', start: 'manual', skipBad: false });
    const { batchId } = await workOn(context, found.id);
    const { rows } = await pool().query('select data::text as text from job where batch_id = $1', [batchId]);
    expect(rows[0].text).toBe('{"payload":{"id":"1","id_2":"2","column_3":"3","__proto__":"4","constructor":"5"}}');
  });

  test('if it has formulas, which are text in CSV and their last values in a workbook', async () => {
    const csv = await check('a,b\n"=1+1",@SUM(A1)\n');
    expect(csv.found.preview[0]).toEqual({ a: '=1+1', b: '@SUM(A1)' });
    const sheet = makeXlsx([
      ['n', 'f'],
      [1, { formula: 'A2*2', value: 2 }],
    ]);
    expect((await check(sheet, 'formulas.xlsx')).found.preview[0]).toEqual({ n: '1', f: '2' });
  });

  test('if its name contains a path', async () => {
    const { found } = await check('a,b\n1,2\n', '../../../etc/passwd\u202e.csv');
    expect(found.name).toBe('passwd.csv');
  });

  test('if a spreadsheet saved it as UTF-16', async () => {
    const { found } = await check(Buffer.from('\ufeffÜber\tb\r\nä\t2\r\n', 'utf16le'), 'unicode.txt');
    expect(found).toMatchObject({ status: 'checked', good: 1, columns: ['Über', 'b'] });
  });
});
