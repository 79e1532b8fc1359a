import { beforeEach, describe, expect, test } from 'vitest';
import type { AttentionKind } from '@/lib/contracts/attention';
import { newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { pauseAll, resumeAll } from '@/lib/domain/pause/pause-all';
import { updateSchedule } from '@/lib/domain/schedule/update-schedule';
import { attentionOf, changeBatch, createWatched, expectOwnOnly, labelsOf } from '@/lib/testing/attention';
import { asMember, seedBatch } from '@/lib/testing/factories';
import { createHourly } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { listAttention } from './list-attention';
import { UNTAKEN_MINUTES } from './queues';

let context: Context;
beforeEach(async () => {
  context = await createWatched();
});

const itemsOf = (kind: AttentionKind, who: Context = context) => attentionOf(kind, who);

test('nothing needs a person where all is well', async () => {
  await seedBatch(context, { statuses: ['completed', 'completed'] });
  await seedBatch(context, { statuses: ['completed', 'pending'] });
  await createHourly(context);
  expect(await listAttention(context)).toEqual({ items: [] });
});

test('a pause of everything is listed until it is resumed', async () => {
  await pauseAll(context, { everywhere: false });
  expect(await itemsOf('organization-paused')).toMatchObject([{ severity: 'warning', count: 0 }]);
  expect(labelsOf(await itemsOf('organization-paused'))).toEqual([['Resume everything']]);
  expect(labelsOf(await itemsOf('organization-paused', asMember(context)))).toEqual([[]]);
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
  expect(labelsOf(await itemsOf('channel-off', asMember(context)))).toEqual([[]]);
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
    expect(labelsOf(await itemsOf('schedule-missed'))).toEqual([['Run now']]);
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
    expect(labelsOf(await itemsOf('schedule-paused', asMember(context)))).toEqual([[]]);
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
  await changeBatch(batchId, 'paused = true');
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
