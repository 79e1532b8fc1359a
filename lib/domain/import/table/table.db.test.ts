import { beforeEach, expect, it } from 'vitest';
import type { ErrorsQuery } from '@/lib/contracts/batch';
import { type CreateImportBody, IMPORT_LIMITS, type Mapping } from '@/lib/contracts/import';
import { pool } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import {
  changeImport,
  checkImport,
  createImport,
  deleteImport,
  describeTable,
  fixRow,
  launchImport,
  listIssues,
  takeCorrections,
} from '@/lib/domain/import';
import { expireImports } from '@/lib/domain/import/running/expire-imports';
import { readCorrections } from '@/lib/http/results/read-corrections';
import { sendErrors, sendIssues } from '@/lib/http/results/send-errors';
import { readRows } from '@/lib/tabular';
import { createContext, emptyYard, expectConsistent, jobRows } from '@/lib/testing';
import { collect } from '@/lib/testing/collect';
import { bring, storeText, workOn } from '@/lib/testing/imports';

let context: Context;

beforeEach(async () => {
  await emptyYard();
  context = await createContext();
});

const MAPPING: Mapping = {
  durationMs: { from: 'column', column: 'Wait' },
  outcome: { from: 'constant', value: 'fail' },
  payload: { from: 'template', template: 'to {{Name}} <{{Email}}>' },
};

/** Rows 2 and 5 are bad: 2 is left out, 5 is corrected before the launch. */
const CSV = 'Email;Name;Wait\n@a;Ann;1\nb;Bob;soon\n=c;Cy;3\n007;Dan;4\ne;Eve;late\n';

/** A batch of a table, all of whose items have failed. */
async function imported(content = CSV, mapping = MAPPING, name = 'people.csv') {
  const { id } = await bring(context, name, content);
  await changeImport(context, id, { mapping });
  await checkImport(context, id);
  await workOn(context, id);
  if (content === CSV) await fixRow(context, id, { row: 5, cells: { Wait: '5' } });
  await launchImport(context, id, { name: 'People', start: 'now', skipBad: true });
  const batchId = (await workOn(context, id)).batchId ?? '';
  await failAll(batchId);
  return { id, batchId };
}

async function failAll(batchId: string): Promise<void> {
  await pool().query(
    `with done as (update job set status = 'failed', error = '{"message":"=no such address"}',
       finished_at = now() where batch_id = $1 and status = 'pending' returning 1)
     update batch set status = 'failed', finished_at = now(), failed = failed + (select count(*) from done) where id = $1`,
    [batchId],
  );
}

const TYPES = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

const errors = async (batchId: string, query: ErrorsQuery = { format: 'csv' }) => {
  const response = await sendErrors(context, batchId, query);
  return {
    columns: response.headers.get('x-errors-columns'),
    bytes: Buffer.from(await response.arrayBuffer()),
  };
};

const linesOf = async (batchId: string, query?: ErrorsQuery) =>
  (await errors(batchId, query)).bytes.toString().replace('\ufeff', '').trimEnd().split(/\r?\n/);

async function send(batchId: string, body: Buffer | string, format: ErrorsQuery['format'] = 'csv', dry = false) {
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'content-type': TYPES[format] },
  });
  const { corrections } = await readCorrections(request);
  return takeCorrections(context, batchId, { corrections, dry });
}

const inputs = async (batchId: string) =>
  (
    await pool().query<{ data: unknown }>('select data from job where batch_id = $1 order by item_index', [batchId])
  ).rows.map((row) => row.data);

it('has the columns of the table, the row in it and the reason; no item of a row that was left out', async () => {
  const { id, batchId } = await imported();
  const [header, ...rows] = await linesOf(batchId);
  expect(header).toBe('_table_row,_row,_job,_reason,Email,Name,Wait');
  expect(rows.map((row) => row.replace(/,[0-9a-f-]{36},/, ',job,'))).toEqual([
    "1,1,job,'=no such address,'@a,Ann,1",
    "3,2,job,'=no such address,'=c,Cy,3",
    "4,3,job,'=no such address,007,Dan,4",
    "5,4,job,'=no such address,e,Eve,5",
  ]);
  expect(await describeTable(context, batchId)).toMatchObject({
    table: { importId: id, name: 'people.csv', columns: ['Email', 'Name', 'Wait'], rows: 5, skipped: 1 },
  });
});

it.each(['csv', 'xlsx', 'jsonl'] as const)('as %s it comes back without a change', async (format) => {
  const { batchId } = await imported();
  const before = await inputs(batchId);
  const { bytes, columns } = await errors(batchId, { format, columns: 'table' });
  expect(columns).toBe('table');
  expect(await send(batchId, bytes, format)).toMatchObject({ retried: 4, changed: 0 });
  expect(await inputs(batchId)).toEqual(before);
  await expectConsistent();
});

it('maps a corrected row again, with constant and template, and only that row runs', async () => {
  const { batchId } = await imported();
  const [header, ann, cy] = await linesOf(batchId);
  const file = [header, cy?.replace("'=c", 'cy@example.org'), ann].join('\r\n');
  expect(await send(batchId, file, 'csv', true)).toMatchObject({ dry: true, retried: 2, changed: 1 });
  expect(await jobRows(batchId)).toEqual({ failed: 4 });
  expect(await send(batchId, file)).toMatchObject({ retried: 2, changed: 1 });
  expect((await inputs(batchId)).slice(0, 2)).toEqual([
    { durationMs: 1, outcome: 'fail', payload: 'to Ann <@a>' },
    { durationMs: 3, outcome: 'fail', payload: 'to Cy <cy@example.org>' },
  ]);
  expect(await jobRows(batchId)).toEqual({ pending: 2, failed: 2 });
  await expectConsistent();
});

it('has what was corrected the last time, and leaves what was changed in another way', async () => {
  const { batchId } = await imported();
  const [header, ann] = await linesOf(batchId);
  await send(batchId, `${header}\r\n${ann?.replace("'@a", 'ann@')}`);
  await failAll(batchId);
  await pool().query(
    `update job set data = '{"durationMs":9,"outcome":"fail"}' where batch_id = $1 and item_index = 0`,
    [batchId],
  );
  const [, again] = await linesOf(batchId);
  expect(again).toContain('ann@,Ann,1');
  await send(batchId, `${header}\r\n${again?.replace('ann@', 'ann@example.org')}`);
  expect((await inputs(batchId))[0]).toEqual({
    durationMs: 9,
    outcome: 'fail',
    payload: 'to Ann <ann@example.org>',
  });
});

it('takes the row of the table alone, the separator of another country, and fewer columns', async () => {
  const { batchId } = await imported();
  expect(await send(batchId, '_table_row;Email;mine\r\n4;dan@example.org;x\r\n')).toMatchObject({ changed: 1 });
  expect((await inputs(batchId))[2]).toMatchObject({ durationMs: 4, payload: 'to Dan <dan@example.org>' });
});

it('takes text that spells a NUL character, and refuses one', async () => {
  const { batchId } = await imported();
  const file = (email: string) => JSON.stringify({ tableRow: 4, cells: { Email: email } });
  await expect(send(batchId, file('dan\u0000'), 'jsonl')).rejects.toMatchObject({ code: 'invalid-items' });
  expect(await send(batchId, file(String.raw`dan\u0000`), 'jsonl')).toMatchObject({ changed: 1 });
  expect((await inputs(batchId))[2]).toMatchObject({ payload: String.raw`to Dan <dan\u0000>` });
});

it('names the row of the file, the field and its column, and changes nothing', async () => {
  const { id, batchId } = await imported();
  const before = await inputs(batchId);
  const file = '_table_row,_row,Wait\n4,3,long\n2,,1\n1,2,1\n99,,1\n3,2,3\n3,2,3\nx,,1\n';
  const error = await send(batchId, file).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'invalid-items' });
  expect((error as { errors: unknown[] }).errors).toEqual([
    { row: 1, path: 'durationMs', message: expect.stringMatching(/must be a number, not text.*\(column Wait\)/) },
    { row: 2, path: '', message: '_table_row is 2, and no item came from that row' },
    { row: 3, path: '', message: '_row is 2, and row 1 of the table is item 1' },
    { row: 4, path: '', message: '_table_row is 99, and no item came from that row' },
    { row: 6, path: '_row', message: 'is 2 a second time' },
    { row: 7, path: '', message: '_table_row is x, which is no row' },
  ]);
  expect(await inputs(batchId)).toEqual(before);
  expect((await pool().query('select 1 from import_edit where import_id = $1', [id])).rowCount).toBe(0);
});

it('keeps the types of JSON, also where only a part of it is read', async () => {
  const people = [
    { who: { name: 'Ann', age: 7 }, wait: 1, tags: ['a'] },
    { who: { name: 'Bob' }, wait: 2 },
  ];
  const { batchId } = await imported(
    JSON.stringify(people),
    {
      durationMs: { from: 'column', column: 'wait' },
      payload: { from: 'row' },
    },
    'people.json',
  );
  const [header, ann] = await linesOf(batchId);
  expect(header).toBe('_table_row,_row,_job,_reason,who,wait,tags');
  await send(batchId, `${header}\r\n${ann?.replace('""Ann""', '""Anna""')}`);
  expect((await inputs(batchId))[0]).toEqual({
    durationMs: 1,
    payload: { who: { name: 'Anna', age: 7 }, wait: 1, tags: ['a'] },
  });
});

it('reads on over several files of a table', async () => {
  const fileIds = [
    await storeText(context, 'a.csv', 'durationMs,payload\n1,a\nx,b\n'),
    await storeText(context, 'b.csv', 'payload,durationMs\nc,3\n'),
  ];
  const { id } = (await createImport(context, { type: 'diagnostic', content: 'rows', fileIds })).import;
  await checkImport(context, id);
  await workOn(context, id);
  await launchImport(context, id, { name: 'Two', start: 'now', skipBad: true });
  const batchId = (await workOn(context, id)).batchId ?? '';
  await failAll(batchId);
  expect((await linesOf(batchId)).map((line) => line.split(',')[0])).toEqual(['_table_row', '1', '3']);
});

it('goes back to the fields of the items, and says so, when the table is gone', async () => {
  const { id, batchId } = await imported();
  const [header, ann] = await linesOf(batchId);
  expect((await linesOf(batchId, { format: 'csv', columns: 'fields' }))[0]).toContain('_row,_job,_reason,durationMs');
  await deleteImport(context, id);
  expect(await describeTable(context, batchId)).toEqual({ table: null, missing: 'not-kept' });
  const { columns, bytes } = await errors(batchId);
  expect(columns).toBe('fields');
  expect(bytes.toString()).toContain('_row,_job,_reason,durationMs');
  await expect(errors(batchId, { format: 'csv', columns: 'table' })).rejects.toMatchObject({ code: 'not-ready' });
  await expect(send(batchId, `${header}\r\n${ann}`)).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining('is not kept any more'),
  });
});

it('is there as long as its batch, however old the import is', async () => {
  const { id, batchId } = await imported();
  await pool().query(`update import set updated_at = now() - interval '90 days' where id = $1`, [id]);
  await expireImports(7);
  expect((await errors(batchId)).columns).toBe('table');
  await pool().query('delete from job where batch_id = $1', [batchId]);
  await pool().query('delete from batch where id = $1', [batchId]);
  await expireImports(7);
  expect((await pool().query('select 1 from import where id = $1', [id])).rowCount).toBe(0);
  expect((await pool().query('select 1 from file_use where owner_id = $1', [id])).rowCount).toBe(0);
});

it('is noted also by an attempt that finds the batch written already', async () => {
  const { id, batchId } = await imported();
  await pool().query(
    `update import i set status = 'launching', launch = json_build_object('skipBad', true, 'actor',
    json_build_object('id', 'x', 'name', 'x'), 'fields', json_build_object('name', 'People', 'type', 'diagnostic',
    'start', 'queue')) where id = $1`,
    [id],
  );
  await pool().query('delete from import_taken where import_id = $1', [id]);
  expect((await workOn(context, id)).batchId).toBe(batchId);
  expect(await linesOf(batchId)).toHaveLength(5);
});

it('items that were added to the batch later run again as they are', async () => {
  const { id, batchId } = await imported();
  await pool().query('update import_taken set rows = $2 where import_id = $1', [id, Buffer.from([1])]);
  const lines = await linesOf(batchId);
  expect(lines[2]).toMatch(/^,2,[^,]+,'=no such address,,,$/);
  const before = await inputs(batchId);
  expect(await send(batchId, [lines[0], lines[2]].join('\r\n'))).toMatchObject({ retried: 1, changed: 0 });
  expect(await inputs(batchId)).toEqual(before);
  await expect(send(batchId, `${lines[0]}\r\n${lines[3]?.replace(',,,', ',x,,')}`)).rejects.toMatchObject({
    code: 'invalid-items',
  });
});

it('of another batch, or of none that was imported, is refused', async () => {
  const { batchId } = await imported();
  const { importId: _, ...other } = { importId: 1 };
  await pool().query('update batch set metadata = $2 where id = $1', [batchId, JSON.stringify(other)]);
  await expect(send(batchId, '_table_row,Wait\n1,2\n')).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining('was not imported'),
  });
});

it('rows that were left out are a file with the reason, which is brought again with the same mapping', async () => {
  const { id } = await imported();
  const response = await sendIssues(context, id, 'csv');
  const csv = Buffer.from(await response.arrayBuffer())
    .toString()
    .replace('\ufeff', '');
  expect(csv).toMatch(
    /^_table_row,_reason,Email,Name,Wait\r\n2,"durationMs .*must be a number, not text.*",b,Bob,soon\r\n$/,
  );
  const fileId = await storeText(context, 'fixed.csv', csv.replace('soon', '2').replace(',b,', ",'=b,"));
  const again = (await createImport(context, { type: 'diagnostic', content: 'rows', fileIds: [fileId], like: id }))
    .import;
  expect(again).toMatchObject({ mapping: MAPPING, suggested: [], preview: [{ Email: '=b' }] });
  await checkImport(context, again.id);
  expect(await workOn(context, again.id)).toMatchObject({ good: 1, bad: 0 });
  await launchImport(context, again.id, { name: 'The rest', start: 'queue', skipBad: false });
  const { batchId } = await workOn(context, again.id);
  expect(await inputs(batchId ?? '')).toEqual([{ durationMs: 2, outcome: 'fail', payload: 'to Bob <=b>' }]);
  const foreign: CreateImportBody = { type: 'diagnostic', content: 'rows', fileIds: [fileId], like: id };
  await expect(createImport(await createContext(), foreign)).rejects.toMatchObject({ code: 'not-found' });
});

it('all rows that were left out are in the file, also those beyond what is kept for the screen', async () => {
  const many = IMPORT_LIMITS.issues + 20;
  const { id } = await bring(context, 'many.csv', `durationMs,payload\n1,a\n${'x,y\n'.repeat(many)}`);
  await checkImport(context, id);
  expect(await workOn(context, id)).toMatchObject({ good: 1, bad: many });
  expect((await listIssues(context, id, { limit: 1 })).issues[0]?.row).toBe(2);
  const bytes = Buffer.from(await (await sendIssues(context, id, 'xlsx')).arrayBuffer());
  const rows = await collect(
    readRows(
      (async function* () {
        yield bytes;
      })(),
      'xlsx',
    ),
  );
  expect(rows).toHaveLength(many);
  expect(rows.at(-1)).toMatchObject({ values: { _table_row: many + 1, durationMs: 'x', payload: 'y' } });
});
