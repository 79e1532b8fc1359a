import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { startBatch } from '@/lib/domain/batch/start-batch';
import { startQueued } from '@/lib/domain/batch/start-queued';
import { getCapacity } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { recordAndTake } from '@/lib/domain/job/record-outcomes';
import { redeliverLost } from '@/lib/domain/worker/sweep';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { asMember, createContext, createMember, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { completed, request } from '@/lib/testing/prefetched-batch';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { deliverRefused } from './deliver-refused';
import { pauseAll, resumeAll } from './pause-all';

vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: () => ({ addBulk: async () => undefined, getJob: async () => undefined }),
}));

const HERE = { everywhere: false };
const EVERYWHERE = { everywhere: true };

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate work_pause');
  context = await createContext();
});

const claim = (ids: string[]) =>
  claimJobs(
    { consumerId: 1, quarantine: false },
    ids.map((id) => ({ id, redelivered: false })),
  );

const createSingle = async (of: Context): Promise<string> =>
  (await createJob(of, { type: 'diagnostic', data: {} })).job.id;

const deliveryOf = async (id: string): Promise<number | undefined> =>
  (await pool().query<{ delivery: number }>('select delivery from job where id = $1', [id])).rows[0]?.delivery;

const rowsOf = async (): Promise<number> => (await pool().query('select 1 from work_pause')).rowCount ?? 0;

describe('while everything of an organization is paused', () => {
  test('what runs ends, and nothing follows it, in a batch as elsewhere', async () => {
    const { batchId, ids, held } = await launchClaimed(context, 8, { concurrency: 4 }, 2);
    const single = await createSingle(context);
    expect(await pauseAll(context, HERE)).toEqual({ paused: true, batches: 1 });
    expect(await getBatch(context, batchId)).toMatchObject({ paused: false, holdsSlot: false, status: 'in-progress' });
    const { taken } = await recordAndTake({
      consumerId: 1,
      outcomes: held.map((row) => completed(batchId, row)),
      requests: [request(batchId, 2, 2)],
    });
    expect(taken).toEqual([]);
    expect(await claim([...ids, single])).toEqual([]);
    await startQueued();
    expect(await dispatchBatch(batchId, 100)).toBeUndefined();
    expect(await jobRows(batchId)).toEqual({ completed: 2, pending: 6 });
    await expectConsistent();

    expect(await resumeAll(context, HERE)).toEqual({ paused: false, batches: 1 });
    await deliverRefused();
    expect(await deliveryOf(single)).toBe(1);
    expect(await rowsOf()).toBe(0);
    await startQueued();
    await runBatch(batchId);
    expect(await jobRows(batchId)).toEqual({ completed: 8 });
    expect(await claim([single])).toHaveLength(1);
    await expectConsistent();
  });

  test('launches, starts and retries are accepted and wait', async () => {
    const waiting = await launchItems(context, 1, { start: 'manual' });
    const ended = await launchItems(context, 1);
    await runBatch(ended.result.batchId, () => 'failed');
    await pauseAll(context, HERE);
    const { result } = await launchItems(context, 2, { start: 'now' });
    expect(result.status).toBe('pending');
    expect((await startBatch(context, waiting.result.batchId)).outcome).toBe('queued');
    const { batch } = await retryBatch(context, ended.result.batchId, {});
    expect(batch).toMatchObject({ status: 'pending', failed: 0 });
    expect(await startQueued()).toEqual([]);
    expect(await getCapacity(context)).toMatchObject({ canStart: true, paused: true, runningBatches: [] });
    expect(await resumeAll(context, HERE)).toEqual({ paused: false, batches: 3 });
    expect(await startQueued()).toContain(result.batchId);
  });

  test('a batch that was paused by itself stays paused after it, and one that is resumed meanwhile waits', async () => {
    const [one, two] = [await launchItems(context, 2), await launchItems(context, 2)];
    await pauseBatch(context, one.result.batchId);
    await pauseBatch(context, two.result.batchId);
    await pauseAll(context, HERE);
    expect(await resumeBatch(context, two.result.batchId)).toMatchObject({ paused: false, holdsSlot: false });
    await resumeAll(context, HERE);
    await startQueued();
    expect(await getBatch(context, one.result.batchId)).toMatchObject({ paused: true, holdsSlot: false });
    expect(await getBatch(context, two.result.batchId)).toMatchObject({ paused: false, holdsSlot: true });
    await expectConsistent();
  });

  test('its slots are free for others, who work on', async () => {
    const other = await createContext();
    const { batchId, ids } = await launchClaimed(context, 4, { concurrency: 4 }, 1);
    await pauseAll(context, HERE);
    const theirs = await launchClaimed(other, 2, { concurrency: 2 }, 1);
    expect(theirs.held).toHaveLength(1);
    expect(await claim([await createSingle(other), ...ids])).toHaveLength(1);
    expect(await getCapacity(other)).toMatchObject({ paused: false, pause: null });
    expect(await getBatch(context, batchId)).toMatchObject({ holdsSlot: false });
  });

  test('the sweep delivers nothing again, and jobs that become due afterwards are delivered', async () => {
    const single = await createSingle(context);
    await pauseAll(context, HERE);
    await pool().query(`update job set created_at = now() - interval '1 minute' where id = $1`, [single]);
    expect(await redeliverLost()).toBe(0);
    await pool().query(`update job set status = 'delayed', run_at = now() - interval '1 minute' where id = $1`, [
      single,
    ]);
    expect(await redeliverLost()).toBe(0);
    await resumeAll(context, HERE);
    await deliverRefused();
    expect(await deliveryOf(single)).toBe(1);
  });

  test('a pause after a resume whose deliveries are not complete holds, and loses nothing', async () => {
    const single = await createSingle(context);
    await pauseAll(context, HERE);
    await resumeAll(context, HERE);
    await pauseAll(context, HERE);
    await deliverRefused();
    expect(await claim([single])).toEqual([]);
    await resumeAll(context, HERE);
    await deliverRefused();
    expect(await claim([single])).toHaveLength(1);
  });
});

describe('a pause of all organizations', () => {
  test('holds for each of them, and its end leaves what one of them paused', async () => {
    const other = await createContext();
    const [mine, theirs] = [await createSingle(context), await createSingle(other)];
    await pauseAll(other, HERE);
    await pauseAll(context, EVERYWHERE);
    expect(await claim([mine, theirs])).toEqual([]);
    expect((await launchItems(await createContext(), 1)).result.status).toBe('pending');
    expect(await getCapacity(context)).toMatchObject({ paused: true, pause: { everywhere: true, by: null } });
    expect(await resumeAll(other, HERE)).toMatchObject({ paused: true });
    await pauseAll(other, HERE);
    await resumeAll(context, EVERYWHERE);
    await deliverRefused();
    expect((await claim([mine, theirs])).map((row) => row.id)).toEqual([mine]);
  });
});

describe('pausing everything', () => {
  test('is for administrators, of all organizations for system administrators', async () => {
    await expect(pauseAll(asMember(context), HERE)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(resumeAll(asMember(context), HERE)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(pauseAll(asMember(context, 'owner'), EVERYWHERE)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await pauseAll(asMember(context, 'admin'), HERE)).toMatchObject({ paused: true });
  });

  test('names who did it, and has one entry however often it is called', async () => {
    const { context: admin } = await createMember(context, { name: 'Mika', role: 'admin' });
    await pauseAll(admin, HERE);
    await pauseAll(admin, HERE);
    expect((await getCapacity(context)).pause).toMatchObject({ by: 'Mika', everywhere: false });
    await resumeAll(admin, HERE);
    await resumeAll(admin, HERE);
    const { rows } = await pool().query(
      `select action, after from audit where target_id = $1 and action like 'organization.%' order by id`,
      [context.organizationId],
    );
    expect(rows).toEqual([
      { action: 'organization.pause', after: { batches: 0 } },
      { action: 'organization.resume', after: { batches: 0 } },
    ]);
    expect(await getCapacity(context)).toMatchObject({ paused: false, pause: null });
  });
});
