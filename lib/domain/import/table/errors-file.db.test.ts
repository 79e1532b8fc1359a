import { beforeEach, expect, it } from 'vitest';
import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import type { CreateImportBody } from '@/lib/contracts/import';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { checkImport } from '@/lib/domain/import/check-import';
import { createImport } from '@/lib/domain/import/create-import';
import { deleteImport } from '@/lib/domain/import/imports';
import { launchImport } from '@/lib/domain/import/launch-import';
import { listIssues } from '@/lib/domain/import/list-issues';
import { expireImports } from '@/lib/domain/import/running/expire-imports';
import { sendIssues } from '@/lib/http/results/send-errors';
import { readRows } from '@/lib/tabular/read-rows';
import { collect } from '@/lib/testing/collect';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { bring, storeText, workOn } from '@/lib/testing/imports';
import { expectConsistent } from '@/lib/testing/oracle';
import {
  errorLines,
  errorsFile,
  failAll,
  importPeople,
  inputsOf,
  PEOPLE_MAPPING,
  sendBack,
} from '@/lib/testing/people';
import { describeTable } from './find-table';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

it('has the columns of the table, the row number and the reason, and no skipped row', async () => {
  const { id, batchId } = await importPeople(context);
  const [header, ...rows] = await errorLines(context, batchId);
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

it.each(['csv', 'xlsx', 'jsonl'] as const)('as %s it can be uploaded unchanged', async (format) => {
  const { batchId } = await importPeople(context);
  const before = await inputsOf(batchId);
  const { bytes, columns } = await errorsFile(context, batchId, { format, columns: 'table' });
  expect(columns).toBe('table');
  expect(await sendBack(context, batchId, bytes, format)).toMatchObject({ retried: 4, changed: 0 });
  expect(await inputsOf(batchId)).toEqual(before);
  await expectConsistent();
});

it('continues over several files of a table', async () => {
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
  expect((await errorLines(context, batchId)).map((line) => line.split(',')[0])).toEqual(['_table_row', '1', '3']);
});

it('contains the fields of the items, with a remark, if the table is gone', async () => {
  const { id, batchId } = await importPeople(context);
  const [header, ann] = await errorLines(context, batchId);
  expect((await errorLines(context, batchId, { format: 'csv', columns: 'fields' }))[0]).toContain(
    '_row,_job,_reason,durationMs',
  );
  await deleteImport(context, id);
  expect(await describeTable(context, batchId)).toEqual({ table: null, missing: 'not-kept' });
  const { columns, bytes } = await errorsFile(context, batchId);
  expect(columns).toBe('fields');
  expect(bytes.toString()).toContain('_row,_job,_reason,durationMs');
  await expect(errorsFile(context, batchId, { format: 'csv', columns: 'table' })).rejects.toMatchObject({
    code: 'not-ready',
  });
  await expect(sendBack(context, batchId, `${header}\r\n${ann}`)).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining('is not kept any more'),
  });
});

it('exists as long as its batch, however old the import is', async () => {
  const { id, batchId } = await importPeople(context);
  await pool().query(`update import set updated_at = now() - interval '90 days' where id = $1`, [id]);
  await expireImports({ days: 7, only: null, except: [] });
  expect((await errorsFile(context, batchId)).columns).toBe('table');
  await pool().query('delete from job where batch_id = $1', [batchId]);
  await pool().query('delete from batch where id = $1', [batchId]);
  await expireImports({ days: 7, only: null, except: [] });
  expect((await pool().query('select 1 from import where id = $1', [id])).rowCount).toBe(0);
  expect((await pool().query('select 1 from file_use where owner_id = $1', [id])).rowCount).toBe(0);
});

it('is recorded even by an attempt that finds the batch written', async () => {
  const { id, batchId } = await importPeople(context);
  await pool().query(
    `update import i set status = 'launching', launch = json_build_object('skipBad', true, 'actor',
    json_build_object('id', 'x', 'name', 'x'), 'fields', json_build_object('name', 'People', 'type', 'diagnostic',
    'start', 'queue')) where id = $1`,
    [id],
  );
  await pool().query('delete from import_taken where import_id = $1', [id]);
  expect((await workOn(context, id)).batchId).toBe(batchId);
  expect(await errorLines(context, batchId)).toHaveLength(5);
});

it('skipped rows are in a file with the reason, which can be imported with the same mapping', async () => {
  const { id } = await importPeople(context);
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
  expect(again).toMatchObject({ mapping: PEOPLE_MAPPING, suggested: [], preview: [{ Email: '=b' }] });
  await checkImport(context, again.id);
  expect(await workOn(context, again.id)).toMatchObject({ good: 1, bad: 0 });
  await launchImport(context, again.id, { name: 'The rest', start: 'queue', skipBad: false });
  const { batchId } = await workOn(context, again.id);
  expect(await inputsOf(batchId ?? '')).toEqual([{ durationMs: 2, outcome: 'fail', payload: 'to Bob <=b>' }]);
  const foreign: CreateImportBody = { type: 'diagnostic', content: 'rows', fileIds: [fileId], like: id };
  await expect(createImport(await createContext(), foreign)).rejects.toMatchObject({ code: 'not-found' });
});

it('all skipped rows are in the file, also those beyond the stored ones', async () => {
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
