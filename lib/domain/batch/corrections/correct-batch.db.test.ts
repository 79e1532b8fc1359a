import { text } from 'node:stream/consumers';
import { beforeEach, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { takeCorrections } from '@/lib/domain/import/table/correct-table';
import { readCorrections } from '@/lib/http/results/read-corrections';
import { sendErrors } from '@/lib/http/results/send-errors';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';

let context: Context;
let batchId: string;
let jobIds: string[];

/** Values that spreadsheets easily change: formulas, apostrophes, line ends, numbers as text, empty and nested ones. */
const PAYLOADS = [
  '=1+1',
  "'=x",
  '-5',
  -5,
  'a\r\nb',
  null,
  { deep: ['x', 1] },
  '',
  '  spaced ',
  '"quoted", yes',
  '\t',
  'ä😀',
];

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  const seeded = await seedBatch(context, { statuses: ['completed', ...PAYLOADS.map(() => 'failed' as const)] });
  ({ batchId, jobIds } = seeded);
  await pool().query(
    `update job set data = p.data, error = '{"message":"=failed, as configured"}' from
       (select n, data from json_array_elements($2) with ordinality as e(data, n)) p
     where batch_id = $1 and item_index = p.n`,
    [batchId, JSON.stringify(PAYLOADS.map((payload) => ({ outcome: 'fail', payload })))],
  );
});

const inputs = async () => {
  const { rows } = await pool().query<{ data: unknown }>(
    'select data from job where batch_id = $1 order by item_index',
    [batchId],
  );
  return rows.map((r) => r.data);
};

const TYPES = {
  csv: 'text/csv',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
type Format = keyof typeof TYPES;

const errorsFile = async (format: Format) =>
  Buffer.from(await (await sendErrors(context, batchId, { format })).arrayBuffer());

async function send(body: string | Buffer, format: Format | 'json', dry = false, as = context) {
  const type = format === 'json' ? 'application/json' : TYPES[format];
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: new Uint8Array(Buffer.from(body)),
    headers: { 'content-type': type },
  });
  const { corrections } = await readCorrections(request);
  return takeCorrections(as, batchId, { corrections, dry });
}

const rows = (...given: object[]) => JSON.stringify({ rows: given });

it.each<Format>(['csv', 'xlsx', 'jsonl'])(
  'accepts an unchanged errors file as %s, and runs all its rows again',
  async (format) => {
    const before = await inputs();
    expect(await send(await errorsFile(format), format)).toMatchObject({ retried: PAYLOADS.length, changed: 0 });
    expect(await inputs()).toEqual(before);
    expect(await jobRows(batchId)).toEqual({ completed: 1, pending: PAYLOADS.length });
    await expectConsistent();
  },
);

it('applies the changes of the file, and runs only those rows again', async () => {
  const lines = (await errorsFile('csv')).toString().split('\r\n');
  expect(lines[0]).toContain('_row,_job,_reason');
  expect(lines[1]).toContain("'=failed, as configured");
  const fixed = [lines[0], lines[1]?.replace(',fail,', ',complete,').replace("'=1+1", '"{""now"":1}"')].join('\r\n');
  expect(await send(fixed, 'csv')).toMatchObject({ retried: 1, changed: 1 });
  expect((await inputs())[1]).toEqual({ outcome: 'complete', payload: { now: 1 } });
  expect(await jobRows(batchId)).toEqual({ completed: 1, pending: 1, failed: PAYLOADS.length - 1 });
  const { rows: audited } = await pool().query('select action, after from audit where target_id = $1', [batchId]);
  expect(audited).toEqual([{ action: 'batch.correct', after: { count: 1, changed: 1 } }]);
  await expectConsistent();
});

it('reads the number format of a spreadsheet of another country', async () => {
  expect(await send('_row;_reason;outcome;durationMs\r\n2;x;complete;5\r\n', 'csv')).toMatchObject({ changed: 1 });
  expect((await inputs())[1]).toEqual({ outcome: 'complete', payload: '=1+1', durationMs: 5 });
});

it('removes a field whose cell was emptied', async () => {
  await send('_row,outcome,payload\n3,complete,\n', 'csv');
  expect((await inputs())[2]).toEqual({ outcome: 'complete' });
});

it('can check without a change', async () => {
  const before = await inputs();
  expect(await send(rows({ row: 2, data: {} }), 'json', true)).toMatchObject({ dry: true, retried: 1, changed: 1 });
  expect(await inputs()).toEqual(before);
  expect(await jobRows(batchId)).toEqual({ completed: 1, failed: PAYLOADS.length });
});

it('refuses unknown, repeated, not failed and invalid rows with their numbers, and changes nothing', async () => {
  const before = await inputs();
  const body = rows(
    { row: 2, data: {} },
    { row: 99, data: {} },
    { row: 2, data: {} },
    { row: 1, data: {} },
    { row: 3, data: { durationMs: 'soon', other: 1 } },
    { data: {} },
    { row: 4, jobId: jobIds[4], data: {} },
    { jobId: jobIds[5], data: {} },
  );
  const error = await send(body, 'json').catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'invalid-items', status: 422 });
  expect((error as { errors: unknown[] }).errors).toEqual([
    { row: 2, path: '_row', message: 'is 99, which is no item of this batch' },
    { row: 3, path: '_row', message: 'is 2 a second time' },
    { row: 4, path: '_row', message: 'is 1, which is completed, not failed' },
    { row: 5, path: 'durationMs', message: 'must be a number, not text' },
    { row: 5, path: 'other', message: 'is not a known field' },
    { row: 6, path: '_row', message: expect.stringContaining('is required') },
    { row: 7, path: '_job', message: 'is not the job of item 4' },
  ]);
  expect(await inputs()).toEqual(before);
  expect(await jobRows(batchId)).toEqual({ completed: 1, failed: PAYLOADS.length });
});

it.each([
  ['csv', '', 'empty-batch'],
  ['csv', '_row,payload\n', 'empty-batch'],
  ['csv', '_row,payload\nnine,x\n', 'invalid-items'],
  ['jsonl', '{"row":2}\n', 'invalid-items'],
  ['jsonl', '{"row":2,', 'invalid-items'],
  ['xlsx', 'no spreadsheet', 'invalid-request'],
  ['csv', 'payload\nx\n', 'invalid-items'],
] as const)('refuses %s %j as %s', async (format, body, code) => {
  await expect(send(body, format)).rejects.toMatchObject({ code });
});

it('is limited to administrators of the organization', async () => {
  const body = rows({ row: 2, data: {} });
  await expect(send(body, 'json', false, asMember(context, 'viewer'))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(send(body, 'json', false, await createContext())).rejects.toMatchObject({ code: 'not-found' });
});

it('puts items that are not objects into one column', async () => {
  await pool().query(`update job set data = '"just text"' where batch_id = $1 and item_index = 1`, [batchId]);
  const [header] = (await errorsFile('csv')).toString().split('\r\n');
  expect(header?.replace('\ufeff', '')).toBe('_row,_job,_reason,input');
  expect(await text((await sendErrors(context, batchId, { format: 'jsonl' })).body as never)).toContain(
    '"input":"just text"',
  );
});
