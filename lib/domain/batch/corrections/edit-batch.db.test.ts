import { beforeEach, expect, it } from 'vitest';
import { type EditBody, editBody } from '@/lib/contracts/correction';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { editBatch } from './edit-batch';

let context: Context;
let batchId: string;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  ({ batchId } = await seedBatch(context, { statuses: ['failed', 'completed', 'failed', 'failed'] }));
  await pool().query(
    `update job set data = json_build_object('outcome', 'fail', 'steps', item_index, 'payload', 'item ' || item_index),
       error = json_build_object('message', case when item_index = 3 then 'other' else 'as configured' end)
     where batch_id = $1`,
    [batchId],
  );
});

const edit = (body: Partial<EditBody>, as = context) => editBatch(as, batchId, editBody.parse(body));

const inputs = async () => {
  const { rows } = await pool().query<{ data: unknown }>(
    'select data from job where batch_id = $1 order by item_index',
    [batchId],
  );
  return rows.map((r) => r.data);
};

it('previews the first rows and changes nothing', async () => {
  const before = await inputs();
  const result = await edit({
    set: {
      outcome: '"complete"',
      payload: '$uppercase($value) & "#" & $row',
      steps: '$error.message = "other" ? 9 : steps',
    },
    dry: true,
  });
  expect(result).toMatchObject({ dry: true, retried: 3, changed: 3, invalid: 0 });
  expect(result.preview.map(({ row, after }) => [row, after])).toEqual([
    [1, { outcome: 'complete', steps: 0, payload: 'ITEM 0#1' }],
    [3, { outcome: 'complete', steps: 2, payload: 'ITEM 2#3' }],
    [4, { outcome: 'complete', steps: 9, payload: 'ITEM 3#4' }],
  ]);
  expect(await inputs()).toEqual(before);
  expect(await jobRows(batchId)).toEqual({ completed: 1, failed: 3 });
});

it('shortens long values in the preview, and refuses an expression with a too large result', async () => {
  await pool().query(`update job set data = json_build_object('outcome', repeat('y', 500000), 'payload', 'p')`);
  const long = '$map([1..20], function($i) { $pad("", 9000, "x") })';
  const { preview } = await edit({ set: { outcome: '"complete"', payload: long, steps: '1' }, dry: true });
  expect(preview.map(({ row }) => row)).toEqual([1, 3, 4]);
  for (const { before, after } of preview) {
    expect(before).toEqual({ outcome: expect.stringMatching(/^"y{1000,}…$/), payload: 'p' });
    expect(after).toEqual({ outcome: 'complete', payload: expect.stringMatching(/^\["x+…$/), steps: 1 });
  }
  const huge = await edit({ set: { payload: '$map([1..200], function($i) { $pad("", 9000, "x") })' }, dry: true });
  expect(huge).toMatchObject({ invalid: 3, retried: 0 });
  expect(huge.preview[0]?.issues).toEqual([{ path: 'payload', message: 'makes more than 1 MiB in all' }]);
});

it('changes and retries only the rows that failed for the reason', async () => {
  const body = { set: { outcome: '"complete"', steps: 'nothing' }, reason: { message: 'as configured', code: null } };
  expect(await edit(body)).toMatchObject({ retried: 2, changed: 2 });
  expect(await inputs()).toEqual([
    { outcome: 'complete', payload: 'item 0' },
    { outcome: 'fail', steps: 1, payload: 'item 1' },
    { outcome: 'complete', payload: 'item 2' },
    { outcome: 'fail', steps: 3, payload: 'item 3' },
  ]);
  expect(await jobRows(batchId)).toEqual({ completed: 1, pending: 2, failed: 1 });
  const { rows } = await pool().query('select action, after from audit where target_id = $1', [batchId]);
  expect(rows).toMatchObject([{ action: 'batch.edit', after: { count: 2, payload: body } }]);
  await expectConsistent();
});

it('changes nothing if one row would be invalid, and names the row', async () => {
  const set = { steps: 'steps = 2 ? "many" : 1' };
  expect(await edit({ set, dry: true })).toMatchObject({
    invalid: 1,
    preview: [{}, { issues: [{ path: 'steps' }] }, {}],
  });
  await expect(edit({ set })).rejects.toMatchObject({ code: 'invalid-items', errors: [{ row: 3, path: 'steps' }] });
  expect(await jobRows(batchId)).toEqual({ completed: 1, failed: 3 });
});

it.each([
  ['"unclosed', 'invalid-request'],
  ['$uppercase(', 'invalid-request'],
])('refuses the expression %j', async (expression, code) => {
  await expect(edit({ set: { payload: expression } })).rejects.toMatchObject({
    code,
    errors: [{ path: 'set.payload' }],
  });
});

it.each([
  ['($f := function($x) { $f($x) }; $f(1))', /exceeded|timeout/i],
  ['($f := function($x) { 1 + $f($x) }; $f(1))', /stack|exceeded/i],
  ['[1..9999999]', /sequence|exceeded/i],
  ['$pad("x", 100000000)', /more than 100000 characters/],
  ['$replace($pad("", 90000, "a"), "a", "aaaa")', /more than 100000 characters/],
  ['$match(payload, /(a+)+b/)', /regular expressions are not available/],
  [
    '$count($distinct([1..9999].[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $])) < 0',
    /takes longer than 1 s|exceeded|timeout/i,
  ],
  ['$map([1..9999], function($i) { {"a": [1..9999]} })', /memory|takes longer|timeout/i],
  ['$eval("1")', /not available/],
  ['$sum("x")', /argument/i],
  ['function($x) { $x }', /function|known|expected/i],
])('stops %j', async (expression, why) => {
  const { invalid, preview } = await edit({ set: { payload: expression }, dry: true });
  expect(invalid).toBe(3);
  expect(preview[0]?.issues[0]?.message).toMatch(why);
  // The time limit of the expression stopped it, not the limit of the whole edit.
  expect(preview[0]?.issues[0]?.message).not.toMatch(/in all/);
});

it('reads only the input', async () => {
  const { preview } = await edit({
    set: { payload: '[constructor, __proto__, payload.constructor, $constructor, process, $process]' },
    dry: true,
  });
  expect(preview[0]?.after).toMatchObject({ payload: [] });
});

it('is limited to administrators, and needs failed items', async () => {
  const set = { outcome: '"complete"' };
  await expect(edit({ set }, asMember(context, 'viewer'))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(edit({ set }, await createContext())).rejects.toMatchObject({ code: 'not-found' });
  await edit({ set });
  await expect(edit({ set })).rejects.toMatchObject({ code: 'nothing-to-process' });
});
