import { beforeEach, describe, expect, test } from 'vitest';
import type { AttentionKind } from '@/lib/contracts/attention';
import { pool } from '@/lib/db/pool';
import { resumeBatch } from '@/lib/domain/batch/pause-batch';
import type { Context } from '@/lib/domain/context';
import { QUIET_SECONDS, UNSEALED_SECONDS } from '@/lib/domain/doctor/list-stuck-batches';
import { attentionOf, changeBatch, createWatched, expectOwnOnly, labelsOf } from '@/lib/testing/attention';
import { asMember, seedBatch } from '@/lib/testing/factories';
import { MAX_ITEMS } from './item';
import { listAttention } from './list-attention';
import { WAITS_LONG_MINUTES } from './waiting-batches';

let context: Context;
beforeEach(async () => {
  context = await createWatched();
});

const itemsOf = (kind: AttentionKind, who: Context = context) => attentionOf(kind, who);

describe('batches that failed', () => {
  test('are listed with their failed items, until these are retried', async () => {
    const { batchId } = await seedBatch(context, { name: 'night', statuses: ['completed', 'failed', 'failed'] });
    expect(await itemsOf('batch-failed')).toMatchObject([
      { severity: 'warning', count: 2, text: 'night ended with failures: 2 items of 3 failed.' },
    ]);
    await expectOwnOnly();
    await changeBatch(batchId, `status = 'in-progress', finished_at = null`);
    expect(await itemsOf('batch-failed')).toEqual([]);
  });

  test('are critical if all of it failed or it was stopped', async () => {
    await seedBatch(context, { statuses: ['failed'] });
    const { batchId } = await seedBatch(context, { statuses: ['failed', 'completed'] });
    await changeBatch(batchId, `stop_reason = 'too many failures'`);
    expect((await itemsOf('batch-failed')).map(({ severity }) => severity)).toEqual(['critical', 'critical']);
  });

  test('are not listed when they ended long ago or nothing is left to deal with', async () => {
    const old = await seedBatch(context, { statuses: ['failed'] });
    await changeBatch(old.batchId, `finished_at = now() - interval '8 days'`);
    const gone = await seedBatch(context, { statuses: ['failed', 'completed'] });
    await pool().query('delete from job where id = $1', [gone.jobIds[0]]);
    const discarded = await seedBatch(context, { statuses: ['failed', 'completed'] });
    await pool().query('update job set discarded_at = now() where id = $1', [discarded.jobIds[0]]);
    expect(await itemsOf('batch-failed')).toEqual([]);
  });

  test('beyond the first ones are counted', async () => {
    for (let i = 0; i < MAX_ITEMS + 3; i += 1) await seedBatch(context, { statuses: ['failed'] });
    const items = await itemsOf('batch-failed');
    expect(items).toHaveLength(MAX_ITEMS + 1);
    expect(items.at(-1)).toMatchObject({
      count: 3,
      text: '3 more batches of the last 7 days ended with failed items.',
    });
  });

  test('can be retried by those who may, after a confirmation if it is much', async () => {
    await seedBatch(context, { statuses: Array.from({ length: 120 }, () => 'failed' as const) });
    expect(labelsOf(await itemsOf('batch-failed'))).toEqual([['Retry 120']]);
    expect((await itemsOf('batch-failed'))[0]?.actions[0]).toMatchObject({
      confirm: '120 failed items will run again.',
    });
    expect(labelsOf(await itemsOf('batch-failed', asMember(context, 'viewer')))).toEqual([[]]);
  });
});

describe('batches that do not move', () => {
  const age = (batchId: string) =>
    changeBatch(
      batchId,
      `created_at = created_at - interval '1 hour', started_at = now() - make_interval(secs => ${QUIET_SECONDS + 5}), rate_at = null`,
    );

  test('are listed as stuck until they move again', async () => {
    const { batchId } = await seedBatch(context, { name: 'night', statuses: ['pending', 'completed'] });
    expect(await itemsOf('batch-stuck')).toEqual([]);
    await age(batchId);
    expect(await itemsOf('batch-stuck')).toMatchObject([
      { severity: 'critical', count: 1, text: expect.stringContaining('night looks stuck. 1 item is open') },
    ]);
    expect(labelsOf(await itemsOf('batch-stuck'))).toEqual([['Repair']]);
    expect(labelsOf(await itemsOf('batch-stuck', asMember(context)))).toEqual([[]]);
    await expectOwnOnly();
    await changeBatch(batchId, 'rate_at = now()');
    expect(await itemsOf('batch-stuck')).toEqual([]);
  });

  test('are no stuck batches where only a worker is missing', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['pending'] });
    await age(batchId);
    await pool().query('delete from node');
    expect((await listAttention(context)).items.map(({ kind }) => kind)).toEqual(['no-worker']);
  });

  test('wait for items until somebody closes them', async () => {
    const { batchId } = await seedBatch(context, { name: 'stream', statuses: ['completed'] });
    await changeBatch(batchId, `status = 'in-progress', finished_at = null, sealed = false`);
    expect(await itemsOf('waiting-for-items')).toEqual([]);
    await pool().query('update job set created_at = now() - make_interval(secs => $2) where batch_id = $1', [
      batchId,
      UNSEALED_SECONDS + 60,
    ]);
    expect(await itemsOf('waiting-for-items')).toMatchObject([{ severity: 'warning', link: `/batches/${batchId}` }]);
    expect(labelsOf(await itemsOf('waiting-for-items'))).toEqual([['Close']]);
    await expectOwnOnly();
    await changeBatch(batchId, 'sealed = true');
    expect(await itemsOf('waiting-for-items')).toEqual([]);
  });

  test('have waited for a slot for long', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['pending'] });
    // Its organization has used up its slots, so nothing is wrong: it only waits.
    await pool().query(
      `insert into organization_limit (organization_id, limits) values ($1, '{"runningBatches": 0}')`,
      [context.organizationId],
    );
    await changeBatch(batchId, `status = 'pending', started_at = null, queued_at = now() - interval '1 minute'`);
    expect(await itemsOf('waiting-for-capacity')).toEqual([]);
    await changeBatch(batchId, `queued_at = now() - make_interval(mins => ${WAITS_LONG_MINUTES + 1})`);
    expect(await itemsOf('waiting-for-capacity')).toMatchObject([{ severity: 'notice', count: 1 }]);
    await expectOwnOnly();
    await changeBatch(batchId, `queued_at = null, started_at = now(), status = 'in-progress'`);
    expect(await itemsOf('waiting-for-capacity')).toEqual([]);
  });

  test('were paused by somebody', async () => {
    const { batchId } = await seedBatch(context, { name: 'night', statuses: ['pending', 'completed', 'pending'] });
    await changeBatch(batchId, 'paused = true');
    expect(await itemsOf('batch-paused')).toMatchObject([
      { severity: 'notice', count: 2, text: 'night is paused: 2 items wait.' },
    ]);
    expect(labelsOf(await itemsOf('batch-paused'))).toEqual([['Resume']]);
    await expectOwnOnly();
    await resumeBatch(context, batchId);
    expect(await itemsOf('batch-paused')).toEqual([]);
  });
});

test('a batch that its budget paused asks for a decision', async () => {
  const { batchId } = await seedBatch(context, { name: 'night', statuses: ['pending', 'failed'] });
  await changeBatch(batchId, `paused = true, paused_at = now(), paused_why = 'budget-failed'`);
  expect(await itemsOf('budget-reached')).toMatchObject([
    { severity: 'warning', count: 1, text: 'night has reached its budget and is paused: 1 item waits.' },
  ]);
  expect(await itemsOf('batch-paused')).toEqual([]);
  await changeBatch(batchId, 'paused = false, paused_at = null, paused_why = null');
  expect(await itemsOf('budget-reached')).toEqual([]);
});
