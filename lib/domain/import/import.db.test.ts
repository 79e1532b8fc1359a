import { beforeEach, expect, test } from 'vitest';
import { IMPORT_LIMITS } from '@/lib/contracts/bounds';
import { pool } from '@/lib/db/pool';
import { streamResults } from '@/lib/domain/batch/stream-results';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { bring, storeText, workOn } from '@/lib/testing/imports';
import { changeImport } from './change-import';
import { checkImport } from './check-import';
import { createImport } from './create-import';
import { fixRow } from './fix-row';
import { deleteImport, getImport, listImports } from './imports';
import { launchImport } from './launch-import';
import { listIssues } from './list-issues';
import { listMappings, saveMapping } from './mappings';
import { recoverImports } from './running/recover-imports';
import { stopImport } from './stop-import';
import { tryRows } from './try-rows';

beforeEach(truncateAll);

const CSV =
  'Duration (ms);Note;Outcome\n5;first;complete\nlong;second;complete\n7;third;explode\n9;"fourth; quoted";fail\n';
const LAUNCH = { name: 'From a table', start: 'now', skipBad: false } as const;

async function checked(content = CSV) {
  const context = await createContext();
  const { id } = await bring(context, 'orders.csv', content);
  await changeImport(context, id, {
    mapping: {
      durationMs: { from: 'column', column: 'Duration (ms)' },
      outcome: { from: 'column', column: 'Outcome' },
      payload: { from: 'template', template: 'note: {{Note}}' },
    },
  });
  await checkImport(context, id);
  return { context, id, found: await workOn(context, id) };
}

test('a table is detected, and columns are suggested for fields with similar names', async () => {
  const context = await createContext();
  const found = await bring(context, 'orders.csv', CSV);
  expect(found).toMatchObject({ status: 'ready', columns: ['Duration (ms)', 'Note', 'Outcome'], name: 'orders.csv' });
  expect(found.reading).toMatchObject({ format: 'csv', delimiter: ';', header: true, encoding: 'utf-8', quote: '"' });
  expect(found.preview[3]).toEqual({ 'Duration (ms)': '9', Note: 'fourth; quoted', Outcome: 'fail' });
  expect(found.mapping).toEqual({
    durationMs: { from: 'column', column: 'Duration (ms)' },
    outcome: { from: 'column', column: 'Outcome' },
  });
  expect(found.suggested.sort()).toEqual(['durationMs', 'outcome']);
});

test('every row is checked, and bad ones are named with row, field and column', async () => {
  const { context, id, found } = await checked();
  expect(found).toMatchObject({ status: 'checked', rows: 4, good: 2, bad: 2 });
  const { issues } = await listIssues(context, id, { limit: 10 });
  expect(issues.map((issue) => [issue.row, issue.problems[0]?.path, issue.problems[0]?.column])).toEqual([
    [2, 'durationMs', 'Duration (ms)'],
    [3, 'outcome', 'Outcome'],
  ]);
  expect(issues[0]?.cells).toMatchObject({ 'Duration (ms)': 'long', Note: 'second' });
});

test('bad rows must be fixed or skipped before a launch, and the good ones become the batch', async () => {
  const { context, id } = await checked();
  await expect(launchImport(context, id, LAUNCH)).rejects.toMatchObject({ code: 'invalid-items' });
  await launchImport(context, id, { ...LAUNCH, skipBad: true });
  const launched = await workOn(context, id);
  expect(launched).toMatchObject({ status: 'launched' });
  expect(await jobRows(launched.batchId ?? '')).toEqual({ pending: 2 });
  const inputs = [];
  for await (const rows of await streamResults(context, launched.batchId ?? '', {})) inputs.push(...rows);
  expect(inputs.map((row) => row.input)).toEqual([
    { durationMs: 5, outcome: 'complete', payload: 'note: first' },
    { durationMs: 9, outcome: 'fail', payload: 'note: fourth; quoted' },
  ]);
  const again = await launchImport(context, id, { ...LAUNCH, skipBad: true });
  expect(again.import.batchId).toBe(launched.batchId);
  expect((await listImports(context)).imports).toEqual([]);
});

test('a corrected cell makes its row valid in the check and in the launch', async () => {
  const { context, id } = await checked();
  const still = await fixRow(context, id, { row: 2, cells: { 'Duration (ms)': 'longer' } });
  expect(still.issue?.problems[0]?.path).toBe('durationMs');
  const fixed = await fixRow(context, id, { row: 2, cells: { 'Duration (ms)': '42' } });
  expect(fixed).toMatchObject({ issue: null, import: { good: 3, bad: 1, edited: 1 } });
  await fixRow(context, id, { row: 3, cells: { Outcome: 'complete' } });
  await checkImport(context, id);
  expect(await workOn(context, id)).toMatchObject({ good: 4, bad: 0 });
  await launchImport(context, id, LAUNCH);
  const { batchId } = await workOn(context, id);
  const { rows } = await pool().query('select data from job where batch_id = $1 and item_index = 1', [batchId]);
  expect(rows[0].data).toMatchObject({ durationMs: 42 });
});

test('a launch at capacity is refused, at once and by the worker, and does not change the import', async () => {
  const { context, id } = await checked('durationMs\n1\n');
  await changeImport(context, id, { mapping: { durationMs: { from: 'column', column: 'durationMs' } } });
  await checkImport(context, id);
  await workOn(context, id);
  await launchImport(context, id, LAUNCH);
  const busy = async () => {
    await pool().query(
      `insert into batch (id, organization_id, type, name, status, total, options, correlation_id)
       select gen_random_uuid(), $1, 'diagnostic', 'long one', 'in-progress', 1, '{}', 'x' from generate_series(1, 8)`,
      [context.organizationId],
    );
  };
  await busy();
  const refused = await workOn(context, id);
  expect(refused).toMatchObject({ status: 'checked', good: 1, refusal: { code: 'capacity-reached' } });
  expect(refused.refusal?.running?.[0]?.name).toBe('long one');
  await expect(launchImport(context, id, LAUNCH)).rejects.toMatchObject({ code: 'capacity-reached' });
  await launchImport(context, id, { ...LAUNCH, start: 'queue' });
  expect(await workOn(context, id)).toMatchObject({ status: 'launched' });
});

test('a dry run is a real batch of the first valid rows, marked as a dry run', async () => {
  const { context, id } = await checked();
  const { batchId, import: tried } = await tryRows(context, id, { rows: 5, start: 'now' });
  expect(tried).toMatchObject({ status: 'checked', trialBatchId: batchId });
  expect(await jobRows(batchId)).toEqual({ pending: 2 });
  const { rows } = await pool().query('select metadata from batch where id = $1', [batchId]);
  expect(rows[0].metadata).toEqual({ dryRun: true, importId: id, rows: [1, 4] });
});

test('a change makes the check void, even if a worker is still checking', async () => {
  const { context, id } = await checked();
  await checkImport(context, id);
  await expect(changeImport(context, id, { mapping: {} })).rejects.toMatchObject({ code: 'not-ready' });
  await stopImport(context, id);
  expect(await workOn(context, id)).toMatchObject({ status: 'ready', rows: 0 });
  const reread = await changeImport(context, id, { reading: { delimiter: ',' } });
  expect(reread.import.columns).toEqual(['Duration (ms);Note;Outcome']);
  const back = await changeImport(context, id, { reading: { delimiter: ';', header: false } });
  expect(back.import.columns).toHaveLength(3);
  expect(back.import.preview[0]).toMatchObject({ column_1: 'Duration (ms)' });
});

test('a saved mapping is applied to the next file that it fits', async () => {
  const { context, id } = await checked();
  const { import: first } = await getImport(context, id);
  await saveMapping(context, { type: 'diagnostic', name: 'Orders', mapping: first.mapping });
  const next = await bring(context, 'more.csv', 'Outcome,Note,Duration (ms)\ncomplete,x,1\n');
  expect(next.mapping).toEqual(first.mapping);
  expect((await listMappings(context, { type: 'diagnostic' })).mappings).toHaveLength(1);
  expect((await listMappings(await createContext(), {})).mappings).toEqual([]);
});

test('several files are read as one table, or each file is a row', async () => {
  const context = await createContext();
  const fileIds = [
    await storeText(context, 'a.csv', 'durationMs,payload\n1,a\n'),
    await storeText(context, 'b.csv', 'payload,durationMs\nb,2\nc,x\n'),
  ];
  const both = (await createImport(context, { type: 'diagnostic', content: 'rows', fileIds })).import;
  await checkImport(context, both.id);
  expect(await workOn(context, both.id)).toMatchObject({ rows: 3, good: 2, bad: 1 });
  const { issues } = await listIssues(context, both.id, { limit: 5 });
  expect(issues[0]?.row).toBe(3);
  const list = (await createImport(context, { type: 'document-processing', content: 'files', fileIds })).import;
  expect(list.mapping).toMatchObject({ fileId: { from: 'column', column: 'fileId' } });
  await checkImport(context, list.id);
  expect(await workOn(context, list.id)).toMatchObject({ rows: 2, good: 2 });
});

test('the first bad rows are stored, all are counted, and pages follow each other', async () => {
  const { context, id, found } = await checked(
    `Duration (ms),Note,Outcome\n${'x,y,z\n'.repeat(IMPORT_LIMITS.issues + 50)}`,
  );
  expect(found).toMatchObject({ bad: IMPORT_LIMITS.issues + 50, good: 0 });
  const first = await listIssues(context, id, { limit: 2 });
  expect(first.nextCursor).toBe('2');
  const last = await listIssues(context, id, { limit: 5, cursor: String(IMPORT_LIMITS.issues - 1) });
  expect(last).toMatchObject({ nextCursor: null, issues: [{ row: IMPORT_LIMITS.issues }] });
});

test('a deleted import is gone and releases its file', async () => {
  const { context, id } = await checked();
  expect((await pool().query('select 1 from file_use where owner_id = $1', [id])).rowCount).toBe(1);
  await deleteImport(context, id);
  await expect(getImport(context, id)).rejects.toMatchObject({ code: 'not-found' });
  expect((await pool().query('select 1 from file_use where owner_id = $1', [id])).rowCount).toBe(0);
});

test('an import whose job was lost gets a new job, and one whose job failed reports it', async () => {
  const { context, id } = await checked();
  await checkImport(context, id);
  const late = () => pool().query(`update import set updated_at = now() - interval '1 minute' where id = $1`, [id]);
  await pool().query('update import set job_id = null where id = $1', [id]);
  await late();
  await recoverImports();
  const revived = (await getImport(context, id)).import;
  expect(revived).toMatchObject({ status: 'checking', jobId: expect.any(String) });
  await pool().query(
    `update job set status = 'failed', error = '{"message":"no room"}', finished_at = now() where id = $1`,
    [revived.jobId],
  );
  await late();
  await recoverImports();
  expect((await getImport(context, id)).import.error?.message).toContain('no room');
});
