import { beforeEach, describe, expect, test } from 'vitest';
import type { AttentionItem, AttentionKind } from '@/lib/contracts/attention';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { resumeBatch } from '@/lib/domain/batch/pause-batch';
import type { Context } from '@/lib/domain/context';
import { QUIET_SECONDS, UNSEALED_SECONDS } from '@/lib/domain/doctor/list-stuck-batches';
import { pauseAll, resumeAll } from '@/lib/domain/pause/pause-all';
import { updateSchedule } from '@/lib/domain/schedule/update-schedule';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { createHourly } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { MAX_ITEMS } from './item';
import { listAttention } from './list-attention';
import { UNTAKEN_MINUTES } from './queues';
import { WAITS_LONG_MINUTES } from './waiting-batches';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  await pool().query('delete from node');
  context = await createContext();
  await pool().query(`insert into node (host, pid, processes) values ('test', 1, 1)`);
});

const itemsOf = async (kind: AttentionKind, who: Context = context): Promise<AttentionItem[]> =>
  (await listAttention(who)).items.filter((item) => item.kind === kind);
const change = (batchId: string, set: string) => pool().query(`update batch set ${set} where id = $1`, [batchId]);
const labels = (items: AttentionItem[]) => items.map(({ actions }) => actions.map(({ label }) => label));

/** An item of another organization is never listed. Checks it with what the test has set up. */
const expectOwnOnly = async () => expect((await listAttention(await createContext())).items).toEqual([]);

test('nothing needs a person where all is well', async () => {
  await seedBatch(context, { statuses: ['completed', 'completed'] });
  await seedBatch(context, { statuses: ['completed', 'pending'] });
  await createHourly(context);
  expect(await listAttention(context)).toEqual({ items: [] });
});

describe('batches that failed', () => {
  test('are listed with their failed items, until these are retried', async () => {
    const { batchId } = await seedBatch(context, { name: 'night', statuses: ['completed', 'failed', 'failed'] });
    expect(await itemsOf('batch-failed')).toMatchObject([
      { severity: 'warning', count: 2, text: 'night ended with failures: 2 items of 3 failed.' },
    ]);
    await expectOwnOnly();
    await change(batchId, `status = 'in-progress', finished_at = null`);
    expect(await itemsOf('batch-failed')).toEqual([]);
  });

  test('are critical if all of it failed or it was stopped', async () => {
    await seedBatch(context, { statuses: ['failed'] });
    const { batchId } = await seedBatch(context, { statuses: ['failed', 'completed'] });
    await change(batchId, `stop_reason = 'too many failures'`);
    expect((await itemsOf('batch-failed')).map(({ severity }) => severity)).toEqual(['critical', 'critical']);
  });

  test('are not listed when they ended long ago or nothing is left to deal with', async () => {
    const old = await seedBatch(context, { statuses: ['failed'] });
    await change(old.batchId, `finished_at = now() - interval '8 days'`);
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
    expect(labels(await itemsOf('batch-failed'))).toEqual([['Retry 120']]);
    expect((await itemsOf('batch-failed'))[0]?.actions[0]).toMatchObject({
      confirm: '120 failed items will run again.',
    });
    expect(labels(await itemsOf('batch-failed', asMember(context, 'viewer')))).toEqual([[]]);
  });
});

describe('batches that do not move', () => {
  const age = (batchId: string) =>
    change(
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
    expect(labels(await itemsOf('batch-stuck'))).toEqual([['Repair']]);
    expect(labels(await itemsOf('batch-stuck', asMember(context)))).toEqual([[]]);
    await expectOwnOnly();
    await change(batchId, 'rate_at = now()');
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
    await change(batchId, `status = 'in-progress', finished_at = null, sealed = false`);
    expect(await itemsOf('waiting-for-items')).toEqual([]);
    await pool().query('update job set created_at = now() - make_interval(secs => $2) where batch_id = $1', [
      batchId,
      UNSEALED_SECONDS + 60,
    ]);
    expect(await itemsOf('waiting-for-items')).toMatchObject([{ severity: 'warning', link: `/batches/${batchId}` }]);
    expect(labels(await itemsOf('waiting-for-items'))).toEqual([['Close']]);
    await expectOwnOnly();
    await change(batchId, 'sealed = true');
    expect(await itemsOf('waiting-for-items')).toEqual([]);
  });

  test('have waited for a slot for long', async () => {
    const { batchId } = await seedBatch(context, { statuses: ['pending'] });
    // Its organization has used up its slots, so nothing is wrong: it only waits.
    await pool().query(
      `insert into organization_limit (organization_id, limits) values ($1, '{"runningBatches": 0}')`,
      [context.organizationId],
    );
    await change(batchId, `status = 'pending', started_at = null, queued_at = now() - interval '1 minute'`);
    expect(await itemsOf('waiting-for-capacity')).toEqual([]);
    await change(batchId, `queued_at = now() - make_interval(mins => ${WAITS_LONG_MINUTES + 1})`);
    expect(await itemsOf('waiting-for-capacity')).toMatchObject([{ severity: 'notice', count: 1 }]);
    await expectOwnOnly();
    await change(batchId, `queued_at = null, started_at = now(), status = 'in-progress'`);
    expect(await itemsOf('waiting-for-capacity')).toEqual([]);
  });

  test('were paused by somebody', async () => {
    const { batchId } = await seedBatch(context, { name: 'night', statuses: ['pending', 'completed', 'pending'] });
    await change(batchId, 'paused = true');
    expect(await itemsOf('batch-paused')).toMatchObject([
      { severity: 'notice', count: 2, text: 'night is paused: 2 items wait.' },
    ]);
    expect(labels(await itemsOf('batch-paused'))).toEqual([['Resume']]);
    await expectOwnOnly();
    await resumeBatch(context, batchId);
    expect(await itemsOf('batch-paused')).toEqual([]);
  });
});

test('a batch that its budget paused asks for a decision', async () => {
  const { batchId } = await seedBatch(context, { name: 'night', statuses: ['pending', 'failed'] });
  await change(batchId, `paused = true, paused_at = now(), paused_why = 'budget-failed'`);
  expect(await itemsOf('budget-reached')).toMatchObject([
    { severity: 'warning', count: 1, text: 'night has reached its budget and is paused: 1 item waits.' },
  ]);
  expect(await itemsOf('batch-paused')).toEqual([]);
  await change(batchId, 'paused = false, paused_at = null, paused_why = null');
  expect(await itemsOf('budget-reached')).toEqual([]);
});

test('a pause of everything is listed until it is resumed', async () => {
  await pauseAll(context, { everywhere: false });
  expect(await itemsOf('organization-paused')).toMatchObject([{ severity: 'warning', count: 0 }]);
  expect(labels(await itemsOf('organization-paused'))).toEqual([['Resume everything']]);
  expect(labels(await itemsOf('organization-paused', asMember(context)))).toEqual([[]]);
  await expectOwnOnly();
  await resumeAll(context, { everywhere: false });
  expect(await itemsOf('organization-paused')).toEqual([]);
});

test('a channel that was switched off after failures is listed until it is on again', async () => {
  const id = newId();
  await pool().query(
    `insert into notification_channel (id, organization_id, kind, name, sealed, shown, created_by, created_by_id, disabled_at, disabled_why)
     values ($1, $2, 'webhook', 'ops', '', '{}', 'Ana', 'a', now(), 'Its last 20 deliveries failed.')`,
    [id, context.organizationId],
  );
  expect(await itemsOf('channel-off')).toMatchObject([{ severity: 'warning', link: '/settings/notifications' }]);
  expect(labels(await itemsOf('channel-off', asMember(context)))).toEqual([[]]);
  expect(await itemsOf('channel-off', asMember(context, 'viewer'))).toEqual([]);
  await expectOwnOnly();
  await pool().query('update notification_channel set disabled_at = null, disabled_why = null where id = $1', [id]);
  expect(await itemsOf('channel-off')).toEqual([]);
});

describe('job types without a worker', () => {
  test('are listed while they have open jobs and no worker lives', async () => {
    await seedBatch(context, { statuses: ['pending', 'completed'] });
    await pool().query('delete from node');
    expect(await itemsOf('no-worker')).toMatchObject([
      { severity: 'critical', count: 1, text: 'No worker runs jobs of type diagnostic: 1 open job waits.' },
    ]);
    await expectOwnOnly();
    await pool().query(`insert into node (host, pid, processes) values ('test', 1, 1)`);
    expect(await itemsOf('no-worker')).toEqual([]);
  });

  test('are listed if the type does not exist any more', async () => {
    await seedBatch(context, { type: 'gone', statuses: ['pending'] });
    expect(await itemsOf('no-worker')).toMatchObject([
      { text: 'There is no job type gone any more: 1 open job waits.' },
    ]);
  });

  test('of other clients are listed when none of their jobs was taken for long', async () => {
    const id = newId();
    const insert = `insert into job (id, organization_id, type, status, data, correlation_id, created_at)
      values ($1, $2, 'external', 'pending', '{}', 'seeded', now() - make_interval(mins => $3))`;
    await pool().query(insert, [id, context.organizationId, 1]);
    expect(await itemsOf('no-worker')).toEqual([]);
    await pool().query('update job set created_at = now() - make_interval(mins => $2) where id = $1', [
      id,
      UNTAKEN_MINUTES + 1,
    ]);
    expect(await itemsOf('no-worker')).toMatchObject([{ id: 'no-worker:external', count: 1 }]);
    await expectOwnOnly();
    await pool().query(`update job set status = 'active' where id = $1`, [id]);
    expect(await itemsOf('no-worker')).toEqual([]);
  });
});

test('dead letters are counted over all batches until they are discarded', async () => {
  await seedBatch(context, { statuses: ['failed', 'failed', 'completed'] });
  await seedBatch(context, { statuses: ['failed'] });
  expect(await itemsOf('dead-letters')).toMatchObject([{ severity: 'warning', count: 3, link: '/dead-letters' }]);
  await expectOwnOnly();
  await pool().query('update job set discarded_at = now() where outcome = $1', ['failed']);
  await until(
    'the count of a moment ago is not shown any more',
    async () => (await itemsOf('dead-letters')).length === 0,
  );
});

describe('schedules', () => {
  const store = (id: string, status: string, kind: string, minutesAgo: number) =>
    pool().query(
      `insert into schedule_firing (schedule_id, due_at, decided_at, status, kind, overlap, why)
       values ($1, now() - make_interval(mins => $4), now() - make_interval(mins => $4), $2, $3, 'skip', 'the file is gone')`,
      [id, status, kind, minutesAgo],
    );

  test('that missed due times are listed until somebody repeats them', async () => {
    const id = await createHourly(context, { name: 'report' });
    await store(id, 'missed', 'clock', 25 * 60);
    expect(await itemsOf('schedule-missed')).toEqual([]);
    await store(id, 'missed', 'clock', 200);
    await store(id, 'missed', 'clock', 140);
    // The next due time came, and what was missed is still missing.
    await store(id, 'launched', 'clock', 80);
    expect(await itemsOf('schedule-missed')).toMatchObject([
      { severity: 'warning', count: 2, text: 'The schedule report missed 2 due times: no supervisor was there.' },
    ]);
    expect(labels(await itemsOf('schedule-missed'))).toEqual([['Run now']]);
    await expectOwnOnly();
    await store(id, 'launched', 'hand', 1);
    expect(await itemsOf('schedule-missed')).toEqual([]);
  });

  test('that could not launch are listed until a launch succeeds', async () => {
    const id = await createHourly(context, { name: 'report' });
    await store(id, 'failed', 'clock', 80);
    expect(await itemsOf('schedule-failed')).toMatchObject([
      { count: 1, text: 'The schedule report could not launch, 1 time. the file is gone' },
    ]);
    const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
    expect((await itemsOf('schedule-failed', blind))[0]?.text).not.toContain('the file is gone');
    await expectOwnOnly();
    await store(id, 'launched', 'clock', 20);
    expect(await itemsOf('schedule-failed')).toEqual([]);
  });

  test('that were paused after failures are listed until they are resumed', async () => {
    const id = await createHourly(context, { name: 'report' });
    const byHand = await createHourly(context);
    await updateSchedule(context, byHand, { paused: true });
    await pool().query(
      `update schedule set paused_at = now(), paused_why = 'The last 3 runs failed.', next_due = null, next_at = null where id = $1`,
      [id],
    );
    const [item, ...others] = await itemsOf('schedule-paused');
    expect(others).toEqual([]);
    expect(item).toMatchObject({
      severity: 'critical',
      text: 'The schedule report was paused. The last 3 runs failed.',
      actions: [{ method: 'PATCH', body: { paused: false } }],
    });
    // An operator may change their own schedules only.
    expect(labels(await itemsOf('schedule-paused', asMember(context)))).toEqual([[]]);
    await expectOwnOnly();
    await updateSchedule(context, id, { paused: false });
    expect(await itemsOf('schedule-paused')).toEqual([]);
  });

  test('whose job type no worker has are listed while it is so', async () => {
    const id = await createHourly(context, { name: 'report' });
    await pool().query('delete from node');
    expect(await itemsOf('schedule-no-worker')).toMatchObject([
      {
        count: 1,
        text: 'The schedule report can launch nothing. No worker runs jobs of type diagnostic.',
        link: `/schedules/${id}`,
      },
    ]);
    await expectOwnOnly();
    await updateSchedule(context, id, { paused: true });
    expect(await itemsOf('schedule-no-worker')).toEqual([]);
  });
});

test('what is worse comes first', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await change(batchId, 'paused = true');
  await seedBatch(context, { statuses: ['failed', 'completed'] });
  await seedBatch(context, { statuses: ['failed'] });
  const { items } = await listAttention(context);
  expect(items.map(({ kind, severity }) => [kind, severity])).toEqual([
    ['batch-failed', 'critical'],
    ['batch-failed', 'warning'],
    ['dead-letters', 'warning'],
    ['batch-paused', 'notice'],
  ]);
});
