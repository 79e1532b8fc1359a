import { beforeEach, describe, expect, it } from 'vitest';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { retryJob } from '@/lib/domain/job/retry-job';
import { entriesOf, expectTrue, runBulk, seedSingle, startBulk, statusOf } from '@/lib/testing/bulk-actions';
import { asMember, createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { abortBulkAction } from './abort-bulk-action';
import { estimateBulkAction } from './estimate-bulk-action';
import { getBulkAction, listBulkActionJobs, listBulkActions } from './read-bulk-actions';
import { runBulkActions } from './run/run-bulk-actions';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate bulk_action, bulk_action_job');
  context = await createContext();
});

const many = (status: JobStatus, count: number): JobStatus[] => Array.from({ length: count }, () => status);

describe('a bulk action', () => {
  it('retries children of batches that have ended, and single jobs, and says so in their activity', async () => {
    const first = await seedBatch(context, { statuses: [...many('failed', 3), 'completed'] });
    const second = await seedBatch(context, { statuses: many('failed', 2) });
    const alone = await seedSingle(context, 'failed');
    const done = await runBulk(context, {
      action: 'retry',
      query: 'status:failed,completed',
      note: 'the service is back',
    });
    expect(done).toMatchObject({
      status: 'completed',
      matched: 7,
      done: 6,
      failed: 0,
      skipped: 1,
      waiting: 0,
      skippedWhy: [{ code: 'completed', count: 1 }],
    });
    await expectTrue(done.id);
    expect(await jobRows(first.batchId)).toEqual({ pending: 3, completed: 1 });
    expect(await jobRows(second.batchId)).toEqual({ pending: 2 });
    expect(await statusOf(alone)).toBe('pending');
    const after = { count: 3, bulkActionId: done.id, note: 'the service is back' };
    expect(await entriesOf(first.batchId)).toEqual([{ action: 'batch.retry', after }]);
    expect(await entriesOf(alone)).toMatchObject([{ action: 'job.retry' }]);
    expect(await entriesOf(done.id)).toMatchObject([
      {
        action: 'bulk-action.start',
        after: { action: 'retry', matched: 7, changes: 6, query: 'status:failed,completed' },
      },
    ]);
    const { jobs } = await listBulkActionJobs(context, done.id, { state: 'skipped', limit: 10 });
    expect(jobs).toMatchObject([{ batchId: first.batchId, was: 'completed', code: 'completed' }]);
  });

  it('skips what somebody else has retried meanwhile, also if it failed again', async () => {
    const { jobIds } = await seedBatch(context, { statuses: many('failed', 3) });
    const mika = asMember(context);
    const [mine, theirs] = [
      await startBulk(context, { action: 'retry', jobIds }),
      await startBulk(mika, { action: 'retry', jobIds }),
    ];
    await retryJob(context, jobIds[0] ?? '');
    await pool().query(`update job set status = 'failed', finished_at = now() where id = $1`, [jobIds[0]]);
    await pool().query(`update batch set failed = failed + 1`);
    await runBulkActions();
    const [one, two] = [await getBulkAction(context, mine.id), await getBulkAction(context, theirs.id)];
    expect([one.done, two.done].toSorted()).toEqual([0, 2]);
    expect([one.skipped, two.skipped].toSorted()).toEqual([1, 3]);
    for (const { id, skippedWhy } of [one, two]) {
      expect(skippedWhy).toMatchObject([{ code: 'retried' }]);
      await expectTrue(id);
    }
  });

  it('changes each job once with two supervisors at the same time', async () => {
    const { batchId, jobIds } = await seedBatch(context, { statuses: many('failed', 4500) });
    const started = await Promise.all([
      startBulk(context, { action: 'retry', query: 'status:failed' }),
      startBulk(asMember(context), { action: 'retry', jobIds }),
    ]);
    await Promise.all([runBulkActions(), runBulkActions()]);
    await runBulkActions();
    const done = await Promise.all(started.map(({ id }) => getBulkAction(context, id)));
    expect(done.map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(done.reduce((sum, each) => sum + each.done, 0)).toBe(4500);
    const { rows } = await pool().query(
      `select count(*)::int as count, min(delivery) as least, max(delivery) as most from job where status = 'pending'`,
    );
    expect(rows).toEqual([{ count: 4500, least: 1, most: 1 }]);
    const batch = await pool().query('select failed, sealed from batch where id = $1', [batchId]);
    expect(batch.rows).toEqual([{ failed: 0, sealed: true }]);
    for (const { id } of started) await expectTrue(id);
  });

  it('discards failed jobs with a word why, and a retry brings one back', async () => {
    const { jobIds } = await seedBatch(context, { statuses: ['failed', 'failed', 'completed'] });
    const done = await runBulk(context, { action: 'discard', jobIds, note: 'the customer left' });
    expect(done).toMatchObject({ done: 2, skipped: 1, skippedWhy: [{ code: 'not-failed' }] });
    const dead = () => estimateBulkAction(context, { action: 'retry', query: 'is:dead' });
    expect((await dead()).matched).toBe(0);
    const { samples } = await estimateBulkAction(context, { action: 'discard', jobIds });
    expect(samples[0]).toMatchObject({ status: 'failed', discardNote: 'the customer left' });
    expect(samples[0]?.discardedAt).not.toBeNull();
    expect(await retryJob(context, jobIds[0] ?? '')).toMatchObject({ discardedAt: null, discardNote: null });
  });

  it('cancels what waits, and skips what has ended', async () => {
    const { batchId, jobIds } = await seedBatch(context, { statuses: ['pending', 'delayed', 'completed', 'pending'] });
    const alone = await seedSingle(context, 'pending');
    const done = await runBulk(context, { action: 'cancel', jobIds: [...jobIds.slice(0, 3), alone] });
    expect(done).toMatchObject({ done: 3, skipped: 1, skippedWhy: [{ code: 'ended' }] });
    expect(await jobRows(batchId)).toEqual({ cancelled: 2, completed: 1, pending: 1 });
    expect(await statusOf(alone)).toBe('cancelled');
    const { rows } = await pool().query('select cancelled, status from batch where id = $1', [batchId]);
    expect(rows).toEqual([{ cancelled: 2, status: 'in-progress' }]);
    expect(await entriesOf(batchId)).toMatchObject([{ action: 'batch.cancel-jobs', after: { count: 2 } }]);
  });

  it('deletes single jobs that have ended, and leaves parts of batches', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['failed'] });
    const [ended, open] = [await seedSingle(context, 'failed'), await seedSingle(context, 'pending')];
    const done = await runBulk(context, { action: 'delete', query: 'type:diagnostic' });
    expect(done).toMatchObject({ matched: 3, done: 1, skipped: 2 });
    expect(done.skippedWhy.map(({ code }) => code).toSorted()).toEqual(['in-batch', 'still-open']);
    const { rows } = await pool().query('select id from job where batch_id is null');
    expect(rows).toEqual([{ id: open }]);
    expect(await jobRows(batchId)).toEqual({ failed: 1 });
    expect(ended).not.toBe(open);
  });

  it('edits inputs by expressions, and fails where the result does not fit', async () => {
    const good = await seedBatch(context, { statuses: many('failed', 3), data: { steps: 1 } });
    const bad = await seedBatch(context, { statuses: ['failed'], data: { steps: 100 } });
    const done = await runBulk(context, { action: 'edit', query: 'status:failed', set: { steps: '$value + 1' } });
    expect(done).toMatchObject({ done: 3, failed: 1, failedWhy: [{ code: 'invalid-input', count: 1 }] });
    const { rows } = await pool().query('select data, status from job where batch_id = $1', [good.batchId]);
    expect(rows).toEqual(
      Array.from({ length: 3 }, () => ({ data: expect.objectContaining({ steps: 2 }), status: 'pending' })),
    );
    expect(await jobRows(bad.batchId)).toEqual({ failed: 1 });
    const { jobs } = await listBulkActionJobs(context, done.id, { state: 'failed', limit: 10 });
    expect(jobs[0]?.detail).toMatch(/^steps: /);
  });

  it('keeps its rate, and can be aborted in between', async () => {
    const { batchId } = await seedBatch(context, { statuses: many('failed', 9) });
    const { id } = await startBulk(context, { action: 'retry', query: 'status:failed', ratePerMinute: 180 });
    await runBulkActions();
    expect(await getBulkAction(context, id)).toMatchObject({ status: 'running', done: 3, waiting: 6 });
    const { rows } = await pool().query('select sealed, status from batch where id = $1', [batchId]);
    expect(rows[0]).toMatchObject({ sealed: false });
    const aborted = await abortBulkAction(asMember(context), id);
    expect(aborted).toMatchObject({ status: 'aborted', done: 3, waiting: 6, abortedBy: 'Mika' });
    expect(await abortBulkAction(context, id)).toMatchObject({ status: 'aborted' });
    await pool().query('update bulk_action set next_at = now()');
    await runBulkActions();
    expect(await jobRows(batchId)).toEqual({ pending: 3, failed: 6 });
    await expectTrue(id);
    const batch = await pool().query('select sealed from batch where id = $1', [batchId]);
    expect(batch.rows).toEqual([{ sealed: true }]);
    expect(await entriesOf(batchId)).toMatchObject([{ action: 'batch.retry', after: { count: 3 } }]);
    expect((await entriesOf(id)).map(({ action }) => action)).toEqual(['bulk-action.start', 'bulk-action.abort']);
  });

  it('goes on where a batch refuses, and leaves a batch alone that was cancelled meanwhile', async () => {
    const refusing = await seedBatch(context, { statuses: ['failed', 'pending'] });
    const cancelled = await seedBatch(context, { statuses: ['failed'] });
    const free = await seedBatch(context, { statuses: ['failed'] });
    const { id } = await startBulk(context, { action: 'retry', query: 'status:failed' });
    await pool().query(`update batch set cancel_mode = 'graceful' where id = $1`, [refusing.batchId]);
    await pool().query(`update batch set cancel_mode = 'graceful', finished_at = now() where id = $1`, [
      cancelled.batchId,
    ]);
    await runBulkActions();
    const done = await getBulkAction(context, id);
    expect(done).toMatchObject({
      status: 'completed',
      done: 1,
      failedWhy: [{ code: 'being-cancelled', count: 1 }],
      skippedWhy: [{ code: 'batch-cancelled', count: 1 }],
    });
    expect(await jobRows(free.batchId)).toEqual({ pending: 1 });
    await expectTrue(id);
  });

  it('is listed for everybody in its organization, newest first, and for nobody else', async () => {
    await seedBatch(context, { statuses: ['failed'] });
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.push((await startBulk(context, { action: 'discard', query: '' })).id);
    const viewer = asMember(context, 'viewer');
    const first = await listBulkActions(viewer, { limit: 2 });
    expect(first.bulkActions.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    const rest = await listBulkActions(viewer, { limit: 2, cursor: first.nextCursor ?? '' });
    expect(rest).toMatchObject({ bulkActions: [{ id: ids[0], own: false }], nextCursor: null });
    expect((await listBulkActions(await createContext(), { limit: 2 })).bulkActions).toEqual([]);
    await expect(abortBulkAction(viewer, ids[0] ?? '')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
