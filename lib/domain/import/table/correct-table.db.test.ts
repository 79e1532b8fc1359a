import { beforeEach, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { errorLines, failAll, importPeople, inputsOf, sendBack } from '@/lib/testing/people';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

it('maps a corrected row again, with constant and template, and runs only that row', async () => {
  const { batchId } = await importPeople(context);
  const [header, ann, cy] = await errorLines(context, batchId);
  const file = [header, cy?.replace("'=c", 'cy@example.org'), ann].join('\r\n');
  expect(await sendBack(context, batchId, file, 'csv', true)).toMatchObject({ dry: true, retried: 2, changed: 1 });
  expect(await jobRows(batchId)).toEqual({ failed: 4 });
  expect(await sendBack(context, batchId, file)).toMatchObject({ retried: 2, changed: 1 });
  expect((await inputsOf(batchId)).slice(0, 2)).toEqual([
    { durationMs: 1, outcome: 'fail', payload: 'to Ann <@a>' },
    { durationMs: 3, outcome: 'fail', payload: 'to Cy <cy@example.org>' },
  ]);
  expect(await jobRows(batchId)).toEqual({ pending: 2, failed: 2 });
  await expectConsistent();
});

it('includes the last corrections, and keeps rows that were changed in another way', async () => {
  const { batchId } = await importPeople(context);
  const [header, ann] = await errorLines(context, batchId);
  await sendBack(context, batchId, `${header}\r\n${ann?.replace("'@a", 'ann@')}`);
  await failAll(batchId);
  await pool().query(
    `update job set data = '{"durationMs":9,"outcome":"fail"}' where batch_id = $1 and item_index = 0`,
    [batchId],
  );
  const [, again] = await errorLines(context, batchId);
  expect(again).toContain('ann@,Ann,1');
  await sendBack(context, batchId, `${header}\r\n${again?.replace('ann@', 'ann@example.org')}`);
  expect((await inputsOf(batchId))[0]).toEqual({
    durationMs: 9,
    outcome: 'fail',
    payload: 'to Ann <ann@example.org>',
  });
});

it('accepts only the row number and fewer columns, with the separator of another country', async () => {
  const { batchId } = await importPeople(context);
  expect(await sendBack(context, batchId, '_table_row;Email;mine\r\n4;dan@example.org;x\r\n')).toMatchObject({
    changed: 1,
  });
  expect((await inputsOf(batchId))[2]).toMatchObject({ durationMs: 4, payload: 'to Dan <dan@example.org>' });
});

it('accepts text that spells a NUL character, and refuses a real one', async () => {
  const { batchId } = await importPeople(context);
  const file = (email: string) => JSON.stringify({ tableRow: 4, cells: { Email: email } });
  await expect(sendBack(context, batchId, file('dan\u0000'), 'jsonl')).rejects.toMatchObject({ code: 'invalid-items' });
  expect(await sendBack(context, batchId, file(String.raw`dan\u0000`), 'jsonl')).toMatchObject({ changed: 1 });
  expect((await inputsOf(batchId))[2]).toMatchObject({ payload: String.raw`to Dan <dan\u0000>` });
});

it('names the row of the file, the field and its column, and changes nothing', async () => {
  const { id, batchId } = await importPeople(context);
  const before = await inputsOf(batchId);
  const file = '_table_row,_row,Wait\n4,3,long\n2,,1\n1,2,1\n99,,1\n3,2,3\n3,2,3\nx,,1\n';
  const error = await sendBack(context, batchId, file).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'invalid-items' });
  expect((error as { errors: unknown[] }).errors).toEqual([
    { row: 1, path: 'durationMs', message: expect.stringMatching(/must be a number, not text.*\(column Wait\)/) },
    { row: 2, path: '', message: '_table_row is 2, and no item came from that row' },
    { row: 3, path: '', message: '_row is 2, and row 1 of the table is item 1' },
    { row: 4, path: '', message: '_table_row is 99, and no item came from that row' },
    { row: 6, path: '_row', message: 'is 2 a second time' },
    { row: 7, path: '', message: '_table_row is x, which is no row' },
  ]);
  expect(await inputsOf(batchId)).toEqual(before);
  expect((await pool().query('select 1 from import_edit where import_id = $1', [id])).rowCount).toBe(0);
});

it('keeps the types of JSON, also if only a part is mapped', async () => {
  const people = [
    { who: { name: 'Ann', age: 7 }, wait: 1, tags: ['a'] },
    { who: { name: 'Bob' }, wait: 2 },
  ];
  const { batchId } = await importPeople(
    context,
    JSON.stringify(people),
    {
      durationMs: { from: 'column', column: 'wait' },
      payload: { from: 'row' },
    },
    'people.json',
  );
  const [header, ann] = await errorLines(context, batchId);
  expect(header).toBe('_table_row,_row,_job,_reason,who,wait,tags');
  await sendBack(context, batchId, `${header}\r\n${ann?.replace('""Ann""', '""Anna""')}`);
  expect((await inputsOf(batchId))[0]).toEqual({
    durationMs: 1,
    payload: { who: { name: 'Anna', age: 7 }, wait: 1, tags: ['a'] },
  });
});

it('runs items that were added to the batch later again unchanged', async () => {
  const { id, batchId } = await importPeople(context);
  await pool().query('update import_taken set rows = $2 where import_id = $1', [id, Buffer.from([1])]);
  const lines = await errorLines(context, batchId);
  expect(lines[2]).toMatch(/^,2,[^,]+,'=no such address,,,$/);
  const before = await inputsOf(batchId);
  expect(await sendBack(context, batchId, [lines[0], lines[2]].join('\r\n'))).toMatchObject({ retried: 1, changed: 0 });
  expect(await inputsOf(batchId)).toEqual(before);
  await expect(sendBack(context, batchId, `${lines[0]}\r\n${lines[3]?.replace(',,,', ',x,,')}`)).rejects.toMatchObject({
    code: 'invalid-items',
  });
});

it('is refused for another batch, or a batch without an import', async () => {
  const { batchId } = await importPeople(context);
  const { importId: _, ...other } = { importId: 1 };
  await pool().query('update batch set metadata = $2 where id = $1', [batchId, JSON.stringify(other)]);
  await expect(sendBack(context, batchId, '_table_row,Wait\n1,2\n')).rejects.toMatchObject({
    code: 'not-ready',
    message: expect.stringContaining('was not imported'),
  });
});
