import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { forgetRules } from '@/lib/domain/organization/limits/limits-of';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { updateSchedule } from '@/lib/domain/schedule/update-schedule';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, endJob, fire, firingsOf, makeDue } from '@/lib/testing/schedules';
import { fireDue } from './fire-due';
import { settleFirings } from './settle-firings';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

const statuses = async (id: string) => (await firingsOf(context, id)).map(({ status }) => status);
const countJobs = async () => (await pool().query('select 1 from job')).rowCount;

describe('a due time', () => {
  it('launches what the schedule says, in its name, and the next one is set', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    await fire();
    const [firing] = await firingsOf(context, id);
    expect(firing).toMatchObject({ status: 'launched', kind: 'clock', byHand: false, outcome: null });
    const { rows } = await pool().query('select id, type, created_by from job');
    expect(rows).toEqual([{ id: firing?.jobId, type: 'diagnostic', created_by: 'hourly' }]);
    const { rows: entries } = await pool().query(
      `select actor_kind, actor_id, actor from audit where action = 'job.launch' and organization_id = $1`,
      [context.organizationId],
    );
    expect(entries).toEqual([{ actor_kind: 'schedule', actor_id: id, actor: 'hourly' }]);
    expect(await getSchedule(context, id)).toMatchObject({ lastAt: firing?.dueAt, lastStatus: 'launched' });
    await fire();
    expect(await countJobs()).toBe(1);
  });

  it.each([
    ['batch', { batch: { name: 'b', type: 'diagnostic', items: [{}, {}] } }],
    ['flow', { flow: { name: 'f', type: 'collect', children: [{ name: 'leaf', type: 'diagnostic' }] } }],
  ])('launches a %s', async (kind, launch) => {
    const id = await createHourly(context, { launch });
    await makeDue(id, 1);
    await fire();
    const [firing] = await firingsOf(context, id);
    expect(firing).toMatchObject({ status: 'launched', [`${kind}Id`]: expect.any(String) });
    expect(await countJobs()).toBe(2);
  });

  it('launches once, however many supervisors fire at the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => createHourly(context)));
    for (const id of ids) await makeDue(id, 1);
    await Promise.all(Array.from({ length: 6 }, fire));
    for (const id of ids) expect(await statuses(id)).toEqual(['launched']);
    expect(await countJobs()).toBe(5);
  });

  it('launches once, although the process dies between the launch and its note', async () => {
    const id = await createHourly(context, { launch: { batch: { name: 'b', type: 'diagnostic', items: [{}] } } });
    await makeDue(id, 1);
    await pool().query(
      `create function die() returns trigger language plpgsql as $$ begin
         perform pg_terminate_backend(pg_backend_pid()); return new; end $$`,
    );
    await pool().query(
      `create trigger die before update on schedule_firing for each row when (new.status = 'launched') execute function die()`,
    );
    await fire();
    expect((await pool().query('select 1 from batch')).rowCount).toBe(1);
    expect(await statuses(id)).toEqual(['queued']);
    await pool().query('drop trigger die on schedule_firing');
    await pool().query('drop function die');
    await pool().query('update schedule_firing set retry_at = null');
    await fire();
    const { rows } = await pool().query<{ id: string }>('select id from batch');
    expect(rows).toHaveLength(1);
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'launched', batchId: rows[0]?.id }]);
  });

  it('launches once, although the process dies between the decision and the launch', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    await fireDue();
    expect(await statuses(id)).toEqual(['queued']);
    await Promise.all([fire(), fire(), fire()]);
    expect(await statuses(id)).toEqual(['launched']);
    expect(await countJobs()).toBe(1);
  });

  it('was missed if it is launched much later than it was decided on', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    await fireDue();
    await pool().query(`update schedule_firing set decided_at = now() - interval '1 hour'`);
    await fire();
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'missed', why: expect.stringContaining('60 s') }]);
    expect(await countJobs()).toBe(0);
  });

  it('fails with the reason if the launch is refused, and is not tried again', async () => {
    const id = await createHourly(context);
    await pool().query(
      `insert into organization_limit (organization_id, limits) values ($1, '{"jobTypes": ["collect"]}')`,
      [context.organizationId],
    );
    forgetRules(context.organizationId);
    await makeDue(id, 1);
    await fire();
    await fire();
    expect(await firingsOf(context, id)).toMatchObject([
      { status: 'failed', why: expect.stringContaining('jobTypes') },
    ]);
  });
});

describe('while an earlier run has not finished', () => {
  async function twice(overlap: string) {
    const id = await createHourly(context, { overlap });
    await makeDue(id, 3);
    await fire();
    await makeDue(id, 1);
    await fire();
    return { id, firings: await firingsOf(context, id) };
  }

  it('skip launches nothing, and says why', async () => {
    const { firings } = await twice('skip');
    expect(firings).toMatchObject([
      { status: 'launched' },
      { status: 'skipped', why: expect.stringContaining('had not finished') },
    ]);
    expect(await countJobs()).toBe(1);
  });

  it('allow launches another one', async () => {
    const { firings } = await twice('allow');
    expect(firings.map(({ status }) => status)).toEqual(['launched', 'launched']);
  });

  it('queue launches the next one when it has ended', async () => {
    const { id, firings } = await twice('queue');
    expect(firings.map(({ status }) => status)).toEqual(['launched', 'queued']);
    await fire();
    expect(await countJobs()).toBe(1);
    await endJob(firings[0]?.jobId, 'completed');
    await Promise.all([fire(), fire()]);
    expect(await firingsOf(context, id)).toMatchObject([
      { status: 'launched', outcome: 'completed' },
      { status: 'launched', outcome: null },
    ]);
    expect(await countJobs()).toBe(2);
  });

  it('replace cancels it', async () => {
    const { id, firings } = await twice('replace');
    expect(firings.map(({ status }) => status)).toEqual(['launched', 'launched']);
    const { rows } = await pool().query('select status from job where id = $1', [firings[0]?.jobId]);
    expect(rows).toEqual([{ status: 'cancelled' }]);
    await settleFirings();
    expect((await firingsOf(context, id))[0]).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('what was missed', () => {
  /** The due times of two and a half hours ago, one and a half, and half an hour. */
  async function missed(fields: object) {
    const id = await createHourly(context, fields);
    await makeDue(id, 9000);
    await fire();
    return id;
  }

  it('is recorded, and does not run unless the schedule catches up', async () => {
    const id = await missed({});
    expect(await statuses(id)).toEqual(['missed', 'missed', 'missed']);
    expect(await countJobs()).toBe(0);
  });

  it('runs once with last', async () => {
    const id = await missed({ catchUp: 'last' });
    expect(await firingsOf(context, id)).toMatchObject([
      { status: 'missed' },
      { status: 'missed' },
      { status: 'launched', kind: 'catch-up' },
    ]);
  });

  it('obeys the overlap policy with all, within its time', async () => {
    expect(await statuses(await missed({ catchUp: 'all' }))).toEqual(['launched', 'skipped', 'skipped']);
    expect(await statuses(await missed({ catchUp: 'all', overlap: 'allow' }))).toEqual([
      'launched',
      'launched',
      'launched',
    ]);
    expect(await statuses(await missed({ catchUp: 'all', overlap: 'queue' }))).toEqual([
      'launched',
      'queued',
      'queued',
    ]);
    expect(await statuses(await missed({ catchUp: 'all', overlap: 'replace' }))).toEqual([
      'skipped',
      'skipped',
      'launched',
    ]);
    expect(await statuses(await missed({ catchUp: 'all', catchUpSeconds: 3600 }))).toEqual([
      'missed',
      'missed',
      'launched',
    ]);
  });
});

describe('a schedule whose runs fail', () => {
  it('pauses after as many failures in a row as it allows, says so, and counts anew after it was resumed', async () => {
    const id = await createHourly(context, { pauseAfterFailures: 2 });
    for (const outcome of ['failed', 'completed', 'failed', 'failed'] as const) {
      await makeDue(id, 1);
      await fire();
      await endJob((await firingsOf(context, id)).at(-1)?.jobId, outcome);
      expect(await getSchedule(context, id)).toMatchObject({ paused: false });
    }
    await fire();
    expect(await getSchedule(context, id)).toMatchObject({
      paused: true,
      pausedWhy: 'The last 2 runs failed.',
      nextAt: null,
    });
    const { rows } = await pool().query(
      `select actor_kind, target_id from audit where action = 'schedule.pause' and organization_id = $1`,
      [context.organizationId],
    );
    expect(rows).toEqual([{ actor_kind: 'system', target_id: id }]);
    await updateSchedule(context, id, { paused: false });
    await settleFirings();
    expect(await getSchedule(context, id)).toMatchObject({ paused: false, pausedWhy: null });
  });
});

it('a schedule whose times can’t be found is paused, and the others go on', async () => {
  const [broken, id] = [await createHourly(context), await createHourly(context)];
  await makeDue(broken, 2);
  await makeDue(id, 1);
  await pool().query(
    `update schedule set time_zone = 'Mars/Base', cron = '0 0 * * *', every_seconds = null where id = $1`,
    [broken],
  );
  await fire();
  expect(await statuses(id)).toEqual(['launched']);
  const { rows } = await pool().query('select paused_why from schedule where id = $1', [broken]);
  expect(rows).toEqual([{ paused_why: 'Its times could not be found. Enter them anew.' }]);
});

it('a failure that the decision itself finds pauses the schedule before it fires again', async () => {
  const id = await createHourly(context, { pauseAfterFailures: 1 });
  await makeDue(id, 2);
  await fire();
  await endJob((await firingsOf(context, id))[0]?.jobId, 'failed');
  await makeDue(id, 1);
  await fireDue();
  expect(await firingsOf(context, id)).toMatchObject([{ status: 'launched', outcome: 'failed' }]);
  expect(await getSchedule(context, id)).toMatchObject({ paused: true });
});
