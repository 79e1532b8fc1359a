import { beforeEach, describe, expect, it } from 'vitest';
import { createScheduleBody, previewScheduleBody, updateScheduleBody } from '@/lib/contracts/schedule';
import { scheduledLaunch } from '@/lib/contracts/scheduled-launch';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { setRedaction } from '@/lib/domain/redaction/redaction';
import { asMember, createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, endJob, fire, firingsOf, makeDue } from '@/lib/testing/schedules';
import { backfillSchedule } from './backfill-schedule';
import { createSchedule } from './create-schedule';
import { deleteSchedule } from './delete-schedule';
import { fireDue } from './firing/fire-due';
import { getSchedule, listFirings, listSchedules, previewSchedule } from './read-schedules';
import { runSchedule } from './run-schedule';
import { updateSchedule } from './update-schedule';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

const body = (fields: object) =>
  createScheduleBody.parse({
    name: 'nightly',
    cron: '0 2 * * *',
    launch: { job: { type: 'diagnostic', data: {} } },
    ...fields,
  });

describe('a new schedule', () => {
  it('has its next time, its words and what it launches', async () => {
    const schedule = await createSchedule(
      context,
      body({ timeZone: 'Europe/Berlin', exclude: ['2031-01-01'], jitterSeconds: 60 }),
    );
    expect(schedule).toMatchObject({
      name: 'nightly',
      words: 'At 02:00',
      overlap: 'skip',
      catchUp: 'none',
      launches: { kind: 'job', types: ['diagnostic'], count: 1 },
      launch: { job: { type: 'diagnostic' } },
      exclude: [{ from: '2031-01-01', to: '2031-01-01' }],
      lastAt: null,
      recent: [],
      createdBy: 'Ana',
    });
    const { rows } = await pool().query(
      `select extract(hour from $1::timestamptz at time zone 'Europe/Berlin') as hour`,
      [schedule.nextAt],
    );
    expect(Number(rows[0].hour)).toBe(2);
    expect(Date.parse(schedule.firesAt ?? '')).toBeGreaterThanOrEqual(Date.parse(schedule.nextAt ?? ''));
    expect((await listSchedules(context, { limit: 50 })).schedules).toMatchObject([{ id: schedule.id }]);
    expect(Object.keys((await listSchedules(context, { limit: 50 })).schedules[0] ?? {})).not.toContain('launch');
  });

  it.each([
    ['a bad expression', { cron: '99 * * * *' }, 'invalid-request'],
    ['an end before the start', { startAt: '2030-01-02T00:00:00Z', endAt: '2030-01-01T00:00:00Z' }, 'invalid-request'],
    ['an unknown type', { launch: { job: { type: 'nonsense', data: {} } } }, 'unknown-job-type'],
    ['data that does not fit', { launch: { job: { type: 'diagnostic', data: { durationMs: -1 } } } }, 'invalid-data'],
    [
      'items that do not fit',
      { launch: { batch: { name: 'b', type: 'diagnostic', items: [{ durationMs: 'x' }] } } },
      'invalid-items',
    ],
    [
      'a file that is not there',
      { launch: { batch: { name: 'b', type: 'diagnostic', fileId: '01900000-0000-7000-8000-000000000000' } } },
      'not-found',
    ],
  ])('with %s is refused', async (_, fields, code) => {
    await expect(createSchedule(context, body(fields))).rejects.toMatchObject({ code });
    expect((await listSchedules(context, { limit: 50 })).schedules).toEqual([]);
  });

  it.each([
    [{ cron: '0 2 * * *', everySeconds: 60 }],
    [{ cron: undefined }],
    [{ cron: undefined, everySeconds: 4 }],
    [{ timeZone: 'Mars/Base' }],
    [{ timeZone: '+02:00' }],
    [{ launch: {} }],
    [{ launch: { batch: { name: 'b', type: 'diagnostic' } } }],
    [{ unknown: 1 }],
  ])('with %j is no valid body', (fields) => {
    expect(createScheduleBody.safeParse({ ...body({}), exclude: [], ...fields }).success).toBe(false);
  });
});

describe('a schedule from a file', () => {
  it('launches the rows of the file, which stays as long as the schedule', async () => {
    const bytes = (async function* () {
      yield new TextEncoder().encode('durationMs;steps\n0;1\n0;2\n');
    })();
    const { fileId } = await storeFile(context, { name: 'items.csv', body: bytes });
    const id = await createHourly(context, { launch: { batch: { name: 'b', type: 'diagnostic', fileId } } });
    expect((await pool().query('select 1 from file_use where owner_id = $1', [id])).rowCount).toBe(1);
    await makeDue(id, 1);
    await fire();
    const { rows } = await pool().query('select data from job order by item_index');
    expect(rows.map(({ data }) => data)).toMatchObject([
      { durationMs: 0, steps: 1 },
      { durationMs: 0, steps: 2 },
    ]);
    await deleteSchedule(context, id);
    expect((await pool().query('select 1 from file_use where owner_id = $1', [id])).rowCount).toBe(0);
  });
});

describe('a change', () => {
  it('counts the next time anew, keeps the rest, and writes what changed', async () => {
    const { id } = await createSchedule(context, body({}));
    const changed = await updateSchedule(
      context,
      id,
      updateScheduleBody.parse({ everySeconds: 3600, overlap: 'allow' }),
    );
    expect(changed).toMatchObject({
      cron: null,
      everySeconds: 3600,
      words: 'Every hour',
      overlap: 'allow',
      name: 'nightly',
    });
    const { rows } = await pool().query(
      `select before, after from audit where action = 'schedule.update' and organization_id = $1`,
      [context.organizationId],
    );
    expect(rows).toEqual([
      { before: { everySeconds: null, overlap: 'skip' }, after: { everySeconds: 3600, overlap: 'allow' } },
    ]);
  });

  it('that pauses drops what waits and the next time, and a resume misses nothing', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    await fireDue();
    expect(await updateSchedule(context, id, { paused: true })).toMatchObject({ paused: true, nextAt: null });
    await pool().query(`update schedule set anchor = anchor - interval '10 hours' where id = $1`, [id]);
    await fire();
    const resumed = await updateSchedule(context, id, { paused: false });
    expect(Date.parse(resumed.nextAt ?? '')).toBeGreaterThan(Date.now());
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'skipped', why: 'The schedule was paused.' }]);
  });

  it('is made by who created the schedule, or by an administrator', async () => {
    const [operator, other] = [asMember(context), asMember(context)];
    const { id } = await createSchedule(operator, body({}));
    expect(await updateSchedule(operator, id, { name: 'mine' })).toMatchObject({ name: 'mine' });
    const attempts = [
      () => updateSchedule(other, id, { name: 'theirs' }),
      () => deleteSchedule(other, id),
      () => runSchedule(other, id, {}),
      () => backfillSchedule(other, id, { from: '2026-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', dry: true }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    expect(await updateSchedule(asMember(context, 'admin'), id, { name: 'ours' })).toMatchObject({ name: 'ours' });
    await expect(createSchedule(asMember(context, 'viewer'), body({}))).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('does not exist for another organization', async () => {
    const { id } = await createSchedule(context, body({}));
    const stranger = await createContext();
    await expect(getSchedule(stranger, id)).rejects.toMatchObject({ code: 'not-found' });
    await expect(updateSchedule(stranger, id, {})).rejects.toMatchObject({ code: 'not-found' });
    await expect(listFirings(stranger, id, { limit: 1 })).rejects.toMatchObject({ code: 'not-found' });
    expect((await listSchedules(stranger, { limit: 50 })).schedules).toEqual([]);
  });
});

describe('what a schedule launches', () => {
  const DATA = { payload: { email: 'ana@mail.example', n: 1 } };

  it('is hidden from who may not see contents, and an edit of what is redacted keeps it', async () => {
    await setRedaction(context, { paths: ['data.payload.email'], patterns: [] });
    const operator = asMember(context);
    const { id } = await createSchedule(
      operator,
      body({ launch: { batch: { name: 'b', type: 'diagnostic', items: [DATA] } } }),
    );
    const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
    expect(Object.keys(await getSchedule(blind, id))).not.toContain('launch');
    const shown = scheduledLaunch.parse((await getSchedule(operator, id)).launch);
    expect(JSON.stringify(shown)).not.toContain('ana@mail.example');
    const items = (shown.batch?.items ?? []).map((item) => ({ payload: { ...(item as typeof DATA).payload, n: 2 } }));
    const launch = scheduledLaunch.parse({ batch: { ...shown.batch, items } });
    await updateSchedule(operator, id, { launch });
    expect((await getSchedule(context, id)).launch).toMatchObject({
      batch: { items: [{ payload: { email: 'ana@mail.example', n: 2 } }] },
    });
  });
});

describe('run now', () => {
  it('launches at once, also while the schedule is paused, and leaves the next time alone', async () => {
    const id = await createHourly(context, { paused: true });
    const firing = await runSchedule(context, id, {});
    expect(firing).toMatchObject({ status: 'launched', byHand: true, jobId: expect.any(String) });
    expect(Math.abs(Date.parse(firing.dueAt) - Date.now())).toBeLessThan(60_000);
    expect(await getSchedule(context, id)).toMatchObject({ paused: true, nextAt: null });
  });

  it('obeys the overlap policy, unless another one is given', async () => {
    const id = await createHourly(context);
    expect(await runSchedule(context, id, {})).toMatchObject({ status: 'launched' });
    expect(await runSchedule(context, id, {})).toMatchObject({ status: 'skipped' });
    const many = await Promise.all(Array.from({ length: 8 }, () => runSchedule(context, id, { overlap: 'allow' })));
    expect(many.map(({ status }) => status)).toEqual(many.map(() => 'launched'));
    expect(new Set(many.map(({ dueAt }) => dueAt)).size).toBe(8);
    expect((await pool().query('select 1 from job')).rowCount).toBe(9);
  });
});

describe('a backfill', () => {
  const range = () => ({ from: new Date(Date.now() - 10_500_000).toISOString(), to: new Date().toISOString() });

  it('shows what it would run, then runs it one after the other, and nothing twice', async () => {
    const id = await createHourly(context);
    await makeDue(id, 9000);
    await fire();
    expect((await firingsOf(context, id)).map(({ status }) => status)).toEqual(['missed', 'missed', 'missed']);
    const dry = await backfillSchedule(context, id, { ...range(), dry: true });
    expect(dry).toMatchObject({ dry: true, known: 0 });
    expect(dry.times.map(({ at }) => at)).toEqual((await firingsOf(context, id)).map(({ dueAt }) => dueAt));
    expect((await backfillSchedule(context, id, { ...range(), dry: false })).times).toHaveLength(3);
    await fire();
    const launched = async () => (await firingsOf(context, id)).filter(({ status }) => status === 'launched');
    expect(await launched()).toHaveLength(1);
    for (const count of [2, 3]) {
      await endJob((await launched()).at(-1)?.jobId, 'completed');
      await fire();
      expect(await launched()).toHaveLength(count);
    }
    expect(await backfillSchedule(context, id, { ...range(), dry: false })).toMatchObject({ times: [], known: 3 });
    await fire();
    expect((await pool().query('select 1 from job')).rowCount).toBe(3);
  });

  it('refuses ranges that are too long or end before they begin', async () => {
    const id = await createHourly(context, { everySeconds: 5 });
    const long = { from: '2020-01-01T00:00:00Z', to: '2026-01-01T00:00:00Z', dry: true };
    await expect(backfillSchedule(context, id, long)).rejects.toMatchObject({ code: 'limit-exceeded' });
    const turned = { from: '2026-01-02T00:00:00Z', to: '2026-01-01T00:00:00Z', dry: true };
    await expect(backfillSchedule(context, id, turned)).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

it('a preview has as many times as it is asked for, from the start, with notes and words', async () => {
  const preview = await previewSchedule(
    context,
    previewScheduleBody.parse({
      cron: '30 2 * * *',
      timeZone: 'Europe/Berlin',
      startAt: '2031-03-29T00:00:00Z',
      count: 3,
      name: '',
      launch: null,
    }),
  );
  expect(preview).toEqual({
    words: 'At 02:30',
    times: [
      { at: '2031-03-29T01:30:00.000Z' },
      { at: '2031-03-30T01:00:00.000Z', note: expect.stringContaining('does not exist') },
      { at: '2031-03-31T00:30:00.000Z' },
    ],
  });
});

it('the firings of a schedule are listed page by page', async () => {
  const id = await createHourly(context, { overlap: 'allow' });
  for (let i = 0; i < 5; i += 1) await runSchedule(context, id, {});
  const first = await listFirings(context, id, { limit: 3 });
  const second = await listFirings(context, id, { limit: 3, cursor: first.nextCursor ?? '' });
  const all = [...first.firings, ...second.firings].map(({ dueAt }) => dueAt);
  expect(all).toHaveLength(5);
  expect(all).toEqual([...new Set(all)].sort().reverse());
  expect(second.nextCursor).toBeNull();
});
