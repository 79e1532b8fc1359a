import { beforeEach, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { addItems } from '@/lib/domain/batch/add-items';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { readSlowest } from '@/lib/domain/batch/slow/read-items';
import type { Context } from '@/lib/domain/context';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { openDoor } from '@/lib/domain/redaction/door';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { asMember, createContext, truncateAll } from '@/lib/testing/factories';
import { bring, workOn } from '@/lib/testing/imports';
import { asItems } from '@/lib/testing/items';
import { errorLines, failAll, sendBack } from '@/lib/testing/people';
import { changeImport } from './change-import';
import { checkImport } from './check-import';
import { createImport } from './create-import';
import { launchImport } from './launch-import';
import { tryRows } from './try-rows';

beforeEach(truncateAll);

const CALLS = 'country,customer,site\nDE,Acme Ltd,a\nDE,Böhm & Söhne,b\nDE,Ćosić,c\n';
const LAUNCH = { name: 'Calls', start: 'now', skipBad: false } as const;

const namesOf = async (context: Context, batchId: string): Promise<string[]> =>
  (await listBatchJobs(context, batchId, { limit: 100 })).jobs.map(({ name }) => name);

const blind = (of: Context): Context => {
  const member = asMember(of, 'admin');
  return { ...member, actor: { ...member.actor, seesPayloads: false } as Context['actor'] };
};

/** Brings a table whose rows become HTTP calls, all to one address. */
async function bringCalls(content = CALLS) {
  const context = await createContext();
  const found = await bring(context, 'calls.csv', content, { type: 'bulk-operation' });
  await changeImport(context, found.id, {
    mapping: { url: { from: 'constant', value: 'http://127.0.0.1:9/x' }, method: { from: 'constant', value: 'POST' } },
  });
  return { context, id: found.id, found };
}

async function launched(context: Context, id: string): Promise<string> {
  await checkImport(context, id);
  await workOn(context, id);
  await launchImport(context, id, LAUNCH);
  return (await workOn(context, id)).batchId ?? '';
}

it('items are named by the first unique column, in the dry run and in the batch', async () => {
  const { context, id, found } = await bringCalls();
  expect(found.nameBy).toBe('customer');
  const names = ['Acme Ltd', 'Böhm & Söhne', 'Ćosić'];
  const { batchId: tried } = await tryRows(context, id, { rows: 2, start: 'now' });
  expect(await namesOf(context, tried)).toEqual(names.slice(0, 2));
  const batchId = await launched(context, id);
  expect(await namesOf(context, batchId)).toEqual(names);
  expect((await getBatch(context, batchId)).nameBy).toBe('customer');
  const { jobs } = await listJobs(context, { query: 'name:"acme ltd" type:bulk-operation', limit: 10 });
  expect(jobs.map(({ name }) => name)).toEqual(['Acme Ltd', 'Acme Ltd']);
});

it('another column names them, or the job type', async () => {
  const { context, id } = await bringCalls();
  const checked = async () => {
    await checkImport(context, id);
    return workOn(context, id);
  };
  await checked();
  // Names change nothing of what was checked.
  expect((await changeImport(context, id, { nameBy: 'site' })).import).toMatchObject({
    nameBy: 'site',
    status: 'checked',
  });
  const { batchId } = await tryRows(context, id, { rows: 1, start: 'now' });
  expect(await namesOf(context, batchId)).toEqual(['a']);
  await changeImport(context, id, { nameBy: null });
  expect(await namesOf(context, await launched(context, id))).toEqual(Array(3).fill('POST http://127.0.0.1:9/x'));
});

it('a column that the table does not have is refused, and one that it lost is replaced', async () => {
  const { context, id } = await bringCalls();
  await expect(changeImport(context, id, { nameBy: 'nobody' })).rejects.toMatchObject({
    code: 'invalid-request',
    errors: [{ path: 'nameBy', message: 'is not a column of the table' }],
  });
  const { import: read } = await changeImport(context, id, { reading: { header: false } });
  expect(read).toMatchObject({ nameBy: 'column_2', columns: ['column_1', 'column_2', 'column_3'] });
});

it('an import like another one names its items by the same column', async () => {
  const { context, id } = await bringCalls();
  await changeImport(context, id, { nameBy: 'country' });
  const fileIds = (await pool().query("select files->0->>'fileId' as id from import where id = $1", [id])).rows.map(
    (row) => row.id,
  );
  const { import: again } = await createImport(context, { type: 'bulk-operation', content: 'rows', fileIds, like: id });
  expect(again.nameBy).toBe('country');
});

it('hostile cells become one harmless line of at most 200 characters, and empty ones a name of the type', async () => {
  const cells = [
    '<img src=x onerror=alert(1)>',
    'pay\u202Egpj.exe\u2066',
    '"two\nlines\u0007\t."',
    'x'.repeat(10_000),
    '🙂'.repeat(150),
    '',
  ];
  const { context, id } = await bringCalls(`customer,no\n${cells.map((cell, i) => `${cell},${i}`).join('\n')}\n`);
  await changeImport(context, id, { nameBy: 'customer' });
  expect(await namesOf(context, await launched(context, id))).toEqual([
    '<img src=x onerror=alert(1)>',
    'paygpj.exe',
    'two lines .',
    'x'.repeat(200),
    '🙂'.repeat(100),
    'POST http://127.0.0.1:9/x',
  ]);
});

it('names survive a retry, an edit and a corrected file', async () => {
  const { context, id } = await bringCalls();
  const batchId = await launched(context, id);
  await failAll(batchId);
  await retryBatch(context, batchId, { only: 'all' });
  await failAll(batchId);
  const [first] = (await listBatchJobs(context, batchId, { limit: 1 })).jobs;
  await retryJob(context, first?.id ?? '', { data: { url: 'http://127.0.0.1:9/other', method: 'GET' } });
  await failAll(batchId);
  const [header, ...lines] = await errorLines(context, batchId, { format: 'csv', columns: 'fields' });
  const edited = lines.map((line) => line.replace('127.0.0.1:9/x', '127.0.0.1:9/y'));
  await sendBack(context, batchId, [header, ...edited].join('\n'));
  expect(await namesOf(context, batchId)).toEqual(['Acme Ltd', 'Böhm & Söhne', 'Ćosić']);
  const { rows } = await pool().query("select data->>'url' as url from job where batch_id = $1 order by item_index", [
    batchId,
  ]);
  expect(rows.map(({ url }) => url.slice(-2))).toEqual(['er', '/y', '/y']);
});

it('a launch names its items by one of their fields, also those that are added later', async () => {
  const context = await createContext();
  const { result } = await launchBatch(context, {
    fields: { name: 'Open', type: 'diagnostic', start: 'manual', sealed: false, nameBy: 'payload.customer' },
    items: asItems([{ payload: { customer: 'Acme\nLtd' } }, { payload: { customer: 7 } }, { payload: 'none' }]),
  });
  await addItems(context, result.batchId, { items: asItems([{ payload: { customer: 'Böhm' } }]) });
  expect(await namesOf(context, result.batchId)).toEqual(['Acme Ltd', '7', 'Open #3', 'Böhm']);
  expect(await namesOf(blind(context), result.batchId)).toEqual([1, 2, 3, 4].map((n) => `Open #${n}`));
});

it('who does not see contents sees and finds no name of the data, and who sees them redacted neither', async () => {
  const context = await createContext();
  const { result } = await launchBatch(context, {
    fields: { name: 'Secret', type: 'diagnostic', start: 'manual', nameBy: 'payload' },
    items: asItems([{ payload: 'Acme' }]),
  });
  const { batchId } = result;
  const seenBy = async (who: Context) => ({
    names: await namesOf(who, batchId),
    found: (await listJobs(who, { q: 'acme', limit: 5 })).jobs.length,
    asked: (await listJobs(who, { query: 'name:acme', limit: 5 })).jobs.length,
    words: (await listJobs(who, { query: 'acme', limit: 5 })).jobs.length,
  });
  const whole = { names: ['Acme'], found: 1, asked: 1, words: 1 };
  const hidden = { names: ['Secret #1'], found: 0, asked: 0, words: 0 };
  expect(await seenBy(context)).toEqual(whole);
  expect(await seenBy(blind(context))).toEqual(hidden);
  expect(await seenBy(asMember(context))).toEqual(whole);
  await setRedaction(context, { paths: ['data.payload'], patterns: [] });
  expect(await seenBy(asMember(context))).toEqual(hidden);
  await pool().query(
    "update job set started_at = now(), finished_at = now(), status = 'completed' where batch_id = $1",
    [batchId],
  );
  const batch = await getBatch(context, batchId);
  const slowest = async (who: Context) => (await readSlowest(batch, await openDoor(who)))[0]?.name;
  expect(await slowest(context)).toBe('Acme');
  expect(await slowest(blind(context))).toBe('Secret #1');
});
