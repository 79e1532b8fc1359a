import { describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { codeOf, convert, jobOf, read, upload } from '@/lib/testing/conversion';
import { createContext } from '@/lib/testing/factories';
import { readWithOpenpyxl, readWithPython } from '@/lib/testing/foreign';
import { makeBook } from '@/lib/testing/make-xlsx';
import { processDataConversion } from '@/workers/processors/data-conversion';

it('keeps values that other programs wrote', async () => {
  const cells = ['a,b "c"\r\nd', ' =1+1 ', '<&> čř 🙂', '-5.00', '00501', 'x\u000by', '_x0041_'];
  const rows = [
    ...cells.map((text, i) => ({
      text,
      n: i + 0.5,
      ok: i % 2 === 0,
      day: '2026-02-28',
      at: '2026-02-28T10:20:30.000Z',
    })),
    { text: null, n: -3, ok: null, day: null, at: null },
    { text: 'x'.repeat(40_000), n: 1e21, ok: true, day: '1899-01-01', at: null },
  ];
  const jsonl = rows.map((row) => JSON.stringify(row)).join('\n');
  const { output: xlsx } = await convert('t.jsonl', jsonl, { to: 'xlsx', inferTypes: true });
  const { Rows: [header, ...read] = [], Notes: notes } = await readWithOpenpyxl(xlsx);
  expect(header).toEqual(['text', 'n', 'ok', 'day', 'at']);
  // Excel and openpyxl write what XML can't hold, and what looks like that, in their own way.
  const coded = ['a,b "c"\r\nd', ' =1+1 ', '<&> čř 🙂', '-5.00', '00501', 'x_x000B_y', '_x005F_x0041_'];
  expect(read.slice(0, 7).map((row) => row[0])).toEqual(coded);
  expect(read[0]?.slice(1)).toEqual([0.5, true, '2026-02-28 00:00:00', '2026-02-28 10:20:30']);
  expect(read[7]).toEqual([null, -3, null, null, null]);
  expect(String(read[8]?.[0])).toMatch(/^x+ … \[cut: 40,000 characters, a cell of XLSX holds 32,767]$/);
  expect(notes?.[1]).toEqual(['Cell A10 (text) has 40,000 characters and was cut.']);
  const { output: csv } = await convert('t.jsonl', jsonl, { to: 'csv' });
  const plain = await readWithPython(csv);
  expect(plain.map((row) => row[0])).toEqual(['text', ...cells, '', 'x'.repeat(40_000)]);
});

it('reports skipped rows, and fails if there are more than allowed', async () => {
  const some = `a,b\n${'1,2\n'.repeat(19)}3\n`;
  const { warnings, result } = await convert('a.csv', some, { to: 'json' });
  expect(result).toMatchObject({ rows: 19, skipped: 1 });
  expect(warnings).toEqual([
    { code: 'rows-skipped', message: '1 of 20 rows skipped. Row 20: has 1 cell, the header has 2.' },
  ]);
  const context = await createContext();
  const fileId = await upload(context, 'a.csv', `a,b\n1,2\n${'3,4,5\n'.repeat(3)}`);
  const { job } = await jobOf(context, { fileId, to: 'csv' });
  expect(await processDataConversion(job).catch((error) => error)).toMatchObject({
    code: 'too-many-skipped',
    message: expect.stringMatching(/^3 of 4 rows can’t be used, .*\(10 %\)\. Row 2: has 3 cells, the header has 2\./),
  });
  const { rowCount } = await pool().query('select 1 from file where job_id = $1 and hidden_at is null', [job.jobId]);
  expect(rowCount).toBe(0);
  const all = await convert('a.csv', 'a,b\n1,2\n3\n', { to: 'csv', maxSkippedShare: 0.5 });
  expect(all.result).toMatchObject({ rows: 1, skipped: 1 });
  const border = await convert('a.csv', `a,b\n${'1,2\n'.repeat(71)}${'3\n'.repeat(29)}`, {
    to: 'csv',
    maxSkippedShare: 0.29,
  });
  expect(border.result).toMatchObject({ rows: 71, skipped: 29 });
});

it('finds the header below introductory lines, and leaves out lines that are not rows', async () => {
  const text = 'Q3 export\n\nRegion,Item,Qty\nNorth,a,1\n ,\nSouth,b,2\n\nSource: us\n';
  const { output, result, logs } = await convert('a.csv', text, { to: 'csv' });
  expect(output.toString()).toBe('Region,Item,Qty\r\nNorth,a,1\r\nSouth,b,2\r\n');
  expect(result).toMatchObject({ rows: 2, skipped: 0 });
  expect(logs).toEqual(
    expect.arrayContaining([
      'info: Row 3 names the columns. Left out above it: row 1 “Q3 export”.',
      'info: Left out: 1 blank row.',
    ]),
  );
  const chosen = await convert('a.csv', text, { to: 'jsonl', headerRow: 4 });
  expect(await read(chosen.output, 'jsonl')).toEqual([{ North: 'South', a: 'b', '1': '2' }]);
  const sep = await convert('a.csv', 'sep=;\nname;qty\nBolt, M4;10\n', { to: 'jsonl' });
  expect(await read(sep.output, 'jsonl')).toEqual([{ name: 'Bolt, M4', qty: '10' }]);
});

it('keeps all cells of a sheet, with a column for cells beyond the header', async () => {
  const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
  const rows =
    `<row r="1">${text('Report')}</row><row r="3">${text('qty')}${text('total')}</row>` +
    `<row r="4"><c><v>1</v></c><c t="e"><v>#N/A</v></c></row><row r="5"><c><v>2</v></c><c><f>A4*2</f><v/></c></row>` +
    `<row r="6"><c><v>3</v></c><c><v>4</v></c><c/>${text('extra')}</row>`;
  const sheets = [{ rows: `<row>${text('hid')}</row>`, state: 'hidden' as const }, { rows }];
  const { output, result, logs, warnings } = await convert('a.xlsx', makeBook(sheets), { to: 'csv' });
  expect(output.toString()).toBe('qty,total,column_3,column_4\r\n1,,,\r\n2,,,\r\n3,4,,extra\r\n');
  expect(result).toMatchObject({ rows: 3, skipped: 0 });
  expect(result.issues.map(({ row, message }) => `${row} ${message.slice(0, 32)}`)).toEqual([
    '1 total holds the Excel error #N/A',
    '2 total is a formula without a sav',
  ]);
  expect(warnings).toMatchObject([{ code: 'cells-without-value', message: expect.stringContaining('2 cells') }]);
  expect(logs.join()).toMatch(/The sheet “S1” is read. Not read: “S0” \(hidden\)/);
  const one = makeBook([{ rows: `<row>${text('a')}${text('b')}</row>` }]);
  for (const to of ['csv', 'jsonl'] as const) expect(await codeOf(convert('a.xlsx', one, { to }))).toBe('no-rows');
  expect(await codeOf(convert('a.xlsx', makeBook([{ rows: '' }]), { to: 'csv' }))).toBe('no-rows');
});

describe('numbers that a double would change', () => {
  const lines =
    '{"id":9007199254740993,"price":0.1000000000000000055,"far":12345678901234567168,"n":1.5,"at":"2026-01-31T23:59:59.123456Z"}\n' +
    '{"id":2,"price":1,"far":1e400,"n":3544790567247868103,"at":"2026-01-31T00:00:00Z","deep":{"id":9007199254740993}}\n';

  it('keep their digits in JSONL and CSV', async () => {
    expect(String((await convert('t.jsonl', lines, { to: 'jsonl' })).output)).toBe(lines);
    const csv = String((await convert('t.jsonl', lines, { to: 'csv' })).output).split('\r\n');
    expect(csv[1]).toBe('9007199254740993,0.1000000000000000055,12345678901234567168,1.5,2026-01-31T23:59:59.123456Z,');
    expect(csv[2]).toBe('2,1,1e400,3544790567247868103,2026-01-31T00:00:00Z,"{""id"":9007199254740993}"');
  });

  it('become text in XLSX and Parquet where a numeric column would change them', async () => {
    const { output: sheet } = await convert('t.jsonl', lines, { to: 'xlsx' });
    expect(
      Object.values(await readWithOpenpyxl(sheet))[0]
        ?.slice(1)
        .map((row) => row.slice(0, 3)),
    ).toEqual([
      ['9007199254740993', '0.1000000000000000055', '12345678901234567168'],
      [2, '1', '1e400'],
    ]);
    const { output } = await convert('t.jsonl', lines, { to: 'parquet' });
    expect(await read(output, 'parquet')).toMatchObject([
      { id: 9007199254740993n, price: '0.1000000000000000055', far: '12345678901234567168', n: '1.5' },
      { id: 2, price: '1', far: '1e400', n: '3544790567247868103', deep: { id: 9007199254740993n } },
    ]);
  });

  it('skip only their row where Parquet cannot store them as the chosen type', async () => {
    const columns = [{ from: 'far', type: 'integer' as const }, { from: 'id' }];
    const made = await convert('t.jsonl', `${lines}{"far":7,"id":3}\n`, { to: 'parquet', columns, maxSkippedShare: 1 });
    expect(await read(made.output, 'parquet')).toEqual([{ far: 7, id: '3' }]);
    expect(made.result.issues).toMatchObject([
      { row: 1, message: expect.stringContaining('64 bits') },
      { row: 2, message: expect.stringContaining('whole number') },
    ]);
  });

  it('keep all digits when text becomes a numeric column', async () => {
    const csv = 'id,n,at\n9007199254740993,0.1000000000000000055,2026-01-31 23:59:59.1234567\n';
    const columns = [
      { from: 'id', type: 'integer' as const },
      { from: 'n', type: 'number' as const },
      { from: 'at', type: 'date' as const },
    ];
    expect(String((await convert('t.csv', csv, { to: 'jsonl', columns })).output)).toBe(
      '{"id":9007199254740993,"n":0.1000000000000000055,"at":"2026-01-31T23:59:59.1234567Z"}\n',
    );
  });
});
