import { beforeEach, expect, it } from 'vitest';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { advanceFlows } from '@/lib/domain/flow/advance-flows';
import { entriesOf, runBulk } from '@/lib/testing/bulk-actions';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { createFlow, leaf, parent } from '@/lib/testing/flow-nodes';
import { estimateBulkAction } from './estimate-bulk-action';
import { getBulkAction, listBulkActionJobs } from './read-bulk-actions';
import { runBulkActions } from './run/run-bulk-actions';
import { startBulkAction } from './start-bulk-action';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate bulk_action, bulk_action_job');
  context = await createContext();
});

const endBatch = (id: string) =>
  pool().query(`update batch set status = 'partial', finished_at = now() where id = $1`, [id]);
const count = async (from: 'batch' | 'flow' | 'job' | 'batch_dispatch' | 'flow_node'): Promise<number> =>
  (await pool().query<{ n: number }>(`select count(*)::int as n from ${from}`)).rows[0]?.n ?? -1;

/** A flow of three nodes, one of which has failed, so that the flow has ended. */
async function failedFlow(name: string): Promise<string> {
  const id = await createFlow(context, parent(name, [leaf(`${name} bad`), leaf(`${name} good`)]));
  for (const [node, status] of [
    ['bad', 'failed'],
    ['good', 'completed'],
  ]) {
    const { rows } = await pool().query<{ id: string }>(
      `update job set status = $2, attempt = attempt + 1, started_at = now(), finished_at = now() where name = $1 returning id`,
      [`${name} ${node}`, status],
    );
    await advanceFlows(
      rows.map((row) => row.id),
      [id],
    );
  }
  return id;
}

it('retries the failed and cancelled items of batches, and chooses no others', async () => {
  const first = await seedBatch(context, { statuses: ['failed', 'cancelled', 'completed'] });
  const second = await seedBatch(context, { statuses: ['failed', 'completed'] });
  const other = await seedBatch(await createContext(), { statuses: ['failed'] });
  for (const { batchId } of [first, second]) await endBatch(batchId);
  const batchIds = [first.batchId, second.batchId, other.batchId, newId()];
  const ended = await runBulk(context, { action: 'retry', batchIds });
  expect(ended).toMatchObject({ of: 'jobs', matched: 3, done: 3, skipped: 0, status: 'completed' });
  expect(await jobRows(first.batchId)).toMatchObject({ completed: 1, pending: 2 });
  expect(await jobRows(other.batchId)).toEqual({ failed: 1 });
});

it('retries and cancels the nodes of flows', async () => {
  const ids = [await failedFlow('one'), await failedFlow('two')];
  const retried = await runBulk(context, { action: 'retry', flowIds: ids });
  expect(retried).toMatchObject({ of: 'jobs', matched: 4, done: 4, inFlows: 4 });
  const { rows } = await pool().query('select name from job where outcome is not null order by name');
  expect(rows).toEqual([{ name: 'one good' }, { name: 'two good' }]);
  const cancelled = await runBulk(context, { action: 'cancel', flowIds: ids.slice(0, 1) });
  expect(cancelled).toMatchObject({ matched: 2, done: 2 });
  for (const id of ids) expect((await entriesOf(id)).map(({ action }) => action)).toContain('flow.retry');
});

it('deletes batches that have ended with all of their items, and skips the others', async () => {
  const ended = await seedBatch(context, { statuses: ['failed', 'completed'] });
  const empty = await seedBatch(context, { statuses: [] });
  const open = await seedBatch(context, { statuses: ['failed', 'pending'] });
  const other = await seedBatch(await createContext(), { statuses: ['completed'] });
  for (const { batchId } of [ended, empty, other]) await endBatch(batchId);
  const batchIds = [ended, empty, open, other].map(({ batchId }) => batchId);
  const estimate = await estimateBulkAction(context, { action: 'delete', batchIds });
  expect(estimate).toMatchObject({
    of: 'batches',
    matched: 3,
    changes: 2,
    missing: 1,
    willSkip: [{ code: 'not-ended', count: 1, sampleJobId: open.batchId }],
  });
  expect(await count('batch')).toBe(4);
  const deleted = await runBulk(context, { action: 'delete', batchIds });
  expect(deleted).toMatchObject({ of: 'batches', matched: 3, done: 2, skipped: 1, status: 'completed' });
  expect(await count('batch')).toBe(2);
  expect(await jobRows(ended.batchId)).toEqual({});
  expect(await jobRows(open.batchId)).toEqual({ failed: 1, pending: 1 });
  expect((await entriesOf(ended.batchId)).at(-1)?.action).toBe('batch.delete');
  const { jobs } = await listBulkActionJobs(context, deleted.id, { limit: 10, state: 'skipped' });
  expect(jobs).toMatchObject([{ jobId: open.batchId, reason: 'It has not ended. Cancel it first.' }]);
});

it('keeps a batch that was started again after it was chosen', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['failed'] });
  await endBatch(batchId);
  const { token } = await estimateBulkAction(context, { action: 'delete', batchIds: [batchId] });
  await startBulkAction(context, token);
  await pool().query(`update batch set status = 'in-progress', finished_at = null where id = $1`, [batchId]);
  await runBulkActions();
  expect(await getBulkAction(context, token)).toMatchObject({ done: 0, skippedWhy: [{ code: 'retried' }] });
  expect(await jobRows(batchId)).toEqual({ failed: 1 });
});

it('deletes flows with their nodes', async () => {
  const id = await failedFlow('old');
  const open = await createFlow(context, leaf('open'));
  const deleted = await runBulk(context, { action: 'delete', flowIds: [id, open] });
  expect(deleted).toMatchObject({ of: 'flows', matched: 2, done: 1, skippedWhy: [{ code: 'not-ended', count: 1 }] });
  expect(await count('flow')).toBe(1);
  expect(await count('job')).toBe(1);
  expect((await entriesOf(id)).at(-1)?.action).toBe('flow.delete');
});

it('is a deletion for administrators only', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['failed'] });
  const operator = asMember(context);
  for (const ids of [{ batchIds: [batchId] }, { flowIds: [newId()] }]) {
    const refused = estimateBulkAction(operator, { action: 'delete', ...ids });
    await expect(refused).rejects.toMatchObject({ code: 'forbidden' });
  }
  expect(await estimateBulkAction(operator, { action: 'retry', batchIds: [batchId] })).toMatchObject({ matched: 1 });
});
