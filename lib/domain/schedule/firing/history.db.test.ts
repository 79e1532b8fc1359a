import { beforeEach, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { HIDDEN_MESSAGE } from '@/lib/domain/redaction/door';
import { backfillSchedule } from '@/lib/domain/schedule/backfill-schedule';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, firingsOf, makeDue } from '@/lib/testing/schedules';
import { expireFirings } from './expire-firings';
import { fireDue } from './fire-due';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

const store = (id: string, status: string, count: number) =>
  pool().query(
    `insert into schedule_firing (schedule_id, due_at, status, kind, overlap, why)
     select $1, now() - interval '40 days' - make_interval(mins => n), $2, 'clock', 'skip', 'email must not be ana@mail.example'
     from generate_series(1, $3) n`,
    [id, status, count],
  );

it('the reason of a failed firing may repeat contents, and is hidden from who may not see them', async () => {
  const id = await createHourly(context);
  await store(id, 'failed', 1);
  const blind = { ...context, actor: { ...context.actor, seesPayloads: false } } as Context;
  expect(await firingsOf(blind, id)).toMatchObject([{ status: 'failed', why: HIDDEN_MESSAGE }]);
  expect((await getSchedule(blind, id)).recent).toMatchObject([{ why: HIDDEN_MESSAGE }]);
  expect(await firingsOf(context, id)).toMatchObject([{ why: 'email must not be ana@mail.example' }]);
});

it('a schedule keeps its last thousand firings; older ones are deleted in bounded rounds', async () => {
  const id = await createHourly(context);
  await store(id, 'missed', 1005);
  expect(await expireFirings(2)).toBe(2);
  expect(await expireFirings(100)).toBe(3);
  expect(await expireFirings(100)).toBe(0);
  expect((await pool().query('select 1 from schedule_firing')).rowCount).toBe(1000);
});

it('a backfill that waits is no run that a due time would overlap', async () => {
  const id = await createHourly(context);
  const range = { from: new Date(Date.now() - 9_000_000).toISOString(), to: new Date().toISOString(), dry: false };
  expect((await backfillSchedule(context, id, range)).times.length).toBeGreaterThan(0);
  await makeDue(id, 1);
  await fireDue();
  expect((await firingsOf(context, id)).filter(({ kind }) => kind === 'clock')).toMatchObject([{ status: 'queued' }]);
});
