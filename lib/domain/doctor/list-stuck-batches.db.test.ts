import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { listStuckBatches, QUIET_SECONDS, UNSEALED_SECONDS } from './list-stuck-batches';

let context: Context;
let consumer: number;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  const { rows } = await pool().query<{ id: number }>(
    `with n as (insert into node (host, pid, processes) values ('test', 1, 1) returning id)
     insert into consumer (node_id) select id from n returning id`,
  );
  consumer = rows[0]?.id ?? 0;
});

/** Moves the last activity of a batch into the past. */
const age = (batchId: string, seconds = QUIET_SECONDS + 5) =>
  pool().query(
    `update batch set created_at = created_at - make_interval(secs => $2),
       started_at = started_at - make_interval(secs => $2), rate_at = null where id = $1`,
    [batchId, seconds],
  );
const change = (batchId: string, set: string) => pool().query(`update batch set ${set} where id = $1`, [batchId]);
const codes = async (who = context) =>
  (await listStuckBatches(who)).map((batch) => [batch.batchId, ...batch.reasons.map((r) => r.code)]);

test('a batch that moves, has ended or has just started is not listed', async () => {
  await seedBatch(context, { statuses: ['completed', 'failed'] });
  await seedBatch(context, { statuses: ['pending', 'completed'] });
  const ended = await seedBatch(context, { statuses: ['completed'] });
  await age(ended.batchId);
  const moved = await seedBatch(context, { statuses: ['pending'] });
  await age(moved.batchId);
  await change(moved.batchId, 'rate_at = now()');
  expect(await codes()).toEqual([]);
});

test('a batch without progress is listed with the reason and the time', async () => {
  const { batchId } = await seedBatch(context, { name: 'night run', statuses: ['pending', 'pending', 'completed'] });
  await age(batchId);
  expect(await listStuckBatches(asMember(context))).toEqual([
    {
      batchId,
      name: 'night run',
      type: 'diagnostic',
      status: 'in-progress',
      total: 3,
      open: 2,
      since: expect.any(String),
      reasons: [{ code: 'nothing-moves', message: '2 items are open and no worker process has one in hand.' }],
    },
  ]);
});

test('the batch that is stuck longest comes first', async () => {
  const [a, b] = [
    await seedBatch(context, { statuses: ['pending'] }),
    await seedBatch(context, { statuses: ['pending'] }),
  ];
  await age(a.batchId, 100);
  await age(b.batchId, 1000);
  expect((await codes()).map(([id]) => id)).toEqual([b.batchId, a.batchId]);
});

test('a long-running item of a live process is not a reason', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['active', 'pending'] });
  await age(batchId);
  await pool().query(`update job set consumer_id = $2, started_at = now() - interval '1 hour' where id = $1`, [
    jobIds[0],
    consumer,
  ]);
  expect(await codes()).toEqual([]);
  await pool().query('update consumer set ended_at = now() where id = $1', [consumer]);
  expect(await codes()).toEqual([[batchId, 'holder-gone', 'nothing-moves']]);
});

test('a pause, a later start, a rate and a planned retry are not reasons', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['pending', 'completed'] });
  await age(batchId);
  const later = `now() + interval '1 hour'`;
  for (const [set, back] of [
    ['paused = true', 'paused = false'],
    // The batch released its slot until the next item is due.
    [`slot_freed = true, wakes_at = ${later}`, 'slot_freed = false, wakes_at = null'],
    [`not_before = ${later}`, 'not_before = null'],
  ] as const) {
    await change(batchId, set);
    expect(await codes(), set).toEqual([]);
    await change(batchId, back);
  }
  await pool().query(`update batch_dispatch set next_slot = ${later} where batch_id = $1`, [batchId]);
  expect(await codes(), 'rate').toEqual([]);
  await pool().query('update batch_dispatch set next_slot = null where batch_id = $1', [batchId]);
  await pool().query(`update job set status = 'delayed', run_at = ${later} where id = $1`, [jobIds[0]]);
  expect(await codes(), 'retry').toEqual([]);
  await pool().query(`update job set status = 'pending', run_at = null where id = $1`, [jobIds[0]]);
  expect(await codes()).toEqual([[batchId, 'nothing-moves']]);
});

test('a batch that released its slot and waits for nothing is listed', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await age(batchId);
  await change(batchId, 'slot_freed = true');
  expect(await codes()).toEqual([[batchId, 'nothing-moves']]);
});

test('missing workers are named as the reason', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await age(batchId);
  await pool().query('delete from node');
  expect(await codes()).toEqual([[batchId, 'no-workers']]);
});

test('a batch that was never finished or sealed is listed', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['completed'] });
  await change(batchId, `status = 'in-progress', finished_at = null`);
  await age(batchId);
  expect(await codes()).toEqual([[batchId, 'not-finished']]);
  await change(batchId, 'sealed = false');
  await pool().query('update job set created_at = now() - make_interval(secs => $2) where batch_id = $1', [
    batchId,
    UNSEALED_SECONDS - 60,
  ]);
  expect(await codes()).toEqual([]);
  await pool().query('update job set created_at = now() - make_interval(secs => $2) where batch_id = $1', [
    batchId,
    UNSEALED_SECONDS + 60,
  ]);
  expect(await codes()).toEqual([[batchId, 'never-sealed']]);
});

test('a batch that waits for free capacity is listed', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await change(batchId, `status = 'pending', started_at = null, queued_at = now()`);
  expect(await codes()).toEqual([]);
  await change(batchId, `queued_at = now() - interval '2 minutes', created_at = now() - interval '2 minutes'`);
  expect(await codes()).toEqual([[batchId, 'not-started']]);
  // A free slot that its organization may not take is no fault.
  await pool().query(`insert into organization_limit (organization_id, limits) values ($1, '{"runningBatches": 0}')`, [
    context.organizationId,
  ]);
  expect(await codes()).toEqual([]);
});

test('a queued batch that is paused, or has no item yet, is not listed', async () => {
  const waits = `status = 'pending', started_at = null, queued_at = now() - interval '2 minutes',
    created_at = now() - interval '2 minutes'`;
  const { batchId: paused } = await seedBatch(context, { statuses: ['pending'] });
  await change(paused, `${waits}, paused = true`);
  const { batchId: empty } = await seedBatch(context, { statuses: [] });
  await change(empty, `${waits}, sealed = false, finished_at = null`);
  expect(await codes()).toEqual([]);
});

test('batches of another organization are not listed', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await age(batchId);
  expect(await codes(await createContext())).toEqual([]);
});
