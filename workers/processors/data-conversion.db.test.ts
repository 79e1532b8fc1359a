import { describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { systemContext } from '@/lib/domain/context';
import type { InputOf } from '@/lib/job-types/catalogue';
import type { TabularFormat } from '@/lib/tabular/row';
import { bytesOf, cities, codeOf, convert, jobOf, read, upload } from '@/lib/testing/conversion';
import { createContext } from '@/lib/testing/factories';
import { processDataConversion } from './data-conversion';

const FORMATS: TabularFormat[] = ['csv', 'tsv', 'json', 'jsonl', 'xlsx', 'parquet'];

describe.each(FORMATS)('from %s', (from) => {
  it.each(FORMATS)('to %s nothing is lost', async (to) => {
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

it('selects, renames, orders and types columns, and names the rows that do not fit', async () => {
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

it('reads JSON by a path, and prefers a column with exactly that name', async () => {
  const columns = [
    { from: 'result.payload.name', as: 'name' },
    { from: 'result.payload.at', as: 'at' },
  ];
  const { output, result } = await convert('results.jsonl', RESULTS, { to: 'csv', columns });
  expect(output.toString()).toBe('name,at\r\nVila,[42.5]\r\n,\r\n');
  expect(result).toMatchObject({ rows: 2, skipped: 0, columns: ['name', 'at'] });
  const dotted = await convert('a.jsonl', '{"a.b":1,"a":{"b":2}}\n', { to: 'csv', columns: [{ from: 'a.b' }] });
  expect(dotted.output.toString()).toBe('a.b\r\n1\r\n');
  // A name that no user chose is not read as a path: the second row has no field of that name.
  const found = await convert('a.jsonl', '{"a.b":1}\n{"a":{"b":2}}\n', { to: 'csv' });
  expect(found.output.toString()).toBe('a.b,a\r\n1,\r\n,"{""b"":2}"\r\n');
});

it('reports chosen columns that no row of JSON has, and fails if none of them exists', async () => {
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

it('reports that no row has the given format', async () => {
  const context = await createContext();
  const fileId = await upload(context, 'a.csv', 'a,b\n1,2\n');
  const { job } = await jobOf(context, { fileId, from: 'jsonl', to: 'csv' });
  expect(await processDataConversion(job).catch((error) => error)).toMatchObject({
    code: 'no-columns',
    message:
      'No row of a.csv can be read as JSONL: row 1 is not valid JSON. If it is of another format, say so in “from”.',
  });
});

it('names the sheets that exist', async () => {
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

it('stops at the first wrong row if configured so, and leaves no file', async () => {
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

it('infers types from all rows', async () => {
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

it('replaces the file of the first run on a second run', async () => {
  const context = await createContext();
  const { job } = await jobOf(context, { fileId: await upload(context, 'a.csv', 'a\n1\n'), to: 'json' });
  const first = await processDataConversion(job);
  const second = await processDataConversion(job);
  const { rows } = await pool().query('select id from file where job_id = $1 and hidden_at is null', [job.jobId]);
  expect(rows).toEqual([{ id: second.fileId }]);
  expect(first.fileId).not.toBe(second.fileId);
});

it('ends when it is aborted', async () => {
  const context = await createContext();
  const stop = new AbortController();
  const fileId = await upload(context, 'a.csv', `a,b\n${'1,2\n'.repeat(200_000)}`);
  const { job, progress } = await jobOf(context, { fileId, to: 'xlsx' }, stop.signal);
  job.updateProgress = (...said) => {
    progress.push([said[0], said[1]]);
    if (progress.length === 4) stop.abort(new Error('stopped'));
  };
  await expect(processDataConversion(job)).rejects.toThrow('stopped');
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

it('does not read files of other organizations', async () => {
  const [owner, stranger] = [await createContext(), await createContext()];
  const fileId = await upload(owner, 'a.csv', 'a\n1\n');
  const { job } = await jobOf(stranger, { fileId, to: 'json' });
  expect(systemContext(stranger.organizationId).organizationId).not.toBe(owner.organizationId);
  expect(await codeOf(processDataConversion(job))).toBe('file-not-found');
});
