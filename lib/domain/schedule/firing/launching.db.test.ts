import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { deleteSchedule } from '@/lib/domain/schedule/delete-schedule';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { runSchedule } from '@/lib/domain/schedule/run-schedule';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, endJob, firingsOf, holdLaunches, makeDue } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { fireDue } from './fire-due';
import { launchFirings } from './launch-firing';
import { settleFirings } from './settle-firings';
import { excludeOthers, takeFiring } from './take-firing';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

const statuses = async (id: string) => (await firingsOf(context, id)).map(({ status }) => status);

/** Does something while the queued firings of a schedule are locked, as they are while they are launched. */
async function whileLaunching(id: string, work: () => Promise<void>): Promise<void> {
  const client = await pool().connect();
  try {
    await client.query('begin');
    await client.query(`select from schedule_firing where schedule_id = $1 and status = 'queued' for update`, [id]);
    await work();
  } finally {
    await client.query('rollback');
    client.release();
  }
}

describe('while a firing is being launched', () => {
  it('the pause after failures waits for nobody, and the launch goes on', async () => {
    const id = await createHourly(context, { pauseAfterFailures: 1, overlap: 'allow' });
    await makeDue(id, 2);
    await fireDue();
    await launchFirings();
    await makeDue(id, 1);
    await fireDue();
    await endJob((await firingsOf(context, id))[0]?.jobId, 'failed');
    const other = await createHourly(await createContext());
    await makeDue(other, 1);
    await whileLaunching(id, async () => {
      expect(await settleFirings()).toBe(1);
      expect(await fireDue()).toBe(1);
    });
    expect(await getSchedule(context, id)).toMatchObject({ paused: true, pausedWhy: 'The last run failed.' });
    expect(await statuses(id)).toEqual(['launched', 'queued']);
  });

  it('a run whose end another supervisor records holds nobody up, and is not open for a decision', async () => {
    const id = await createHourly(context);
    await makeDue(id, 2);
    await fireDue();
    await launchFirings();
    await endJob((await firingsOf(context, id))[0]?.jobId, 'completed');
    const client = await pool().connect();
    await client.query('begin');
    await client.query(`update schedule_firing set outcome = 'completed' where schedule_id = $1`, [id]);
    expect(await settleFirings()).toBe(0);
    await makeDue(id, 1);
    expect(await fireDue()).toBe(1);
    await client.query('commit');
    client.release();
    expect(await statuses(id)).toEqual(['launched', 'queued']);
  });

  it('a due time that is decided on again is not waited for', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    const { rows } = await pool().query('select next_due from schedule where id = $1', [id]);
    await fireDue();
    await whileLaunching(id, async () => {
      await pool().query('update schedule set next_due = $2, next_at = $2 where id = $1', [id, rows[0].next_due]);
      expect(await fireDue()).toBe(1);
    });
    expect(await statuses(id)).toEqual(['queued']);
  });

  it('its schedule can’t be deleted, which is said at once; afterwards it can', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    await fireDue();
    await whileLaunching(id, () =>
      expect(deleteSchedule(context, id)).rejects.toMatchObject({
        code: 'not-ready',
        message: expect.stringContaining('just launching'),
      }),
    );
    await deleteSchedule(context, id);
    expect((await pool().query('select 1 from schedule_firing')).rowCount).toBe(0);
  });
});

it('an end is recorded although more than a thousand other runs are open', async () => {
  const [busy, id] = [await createHourly(context), await createHourly(context)];
  const open = await runSchedule(context, busy, {});
  await pool().query(
    `insert into schedule_firing (schedule_id, due_at, status, kind, overlap, job_id)
     select $1, now() - make_interval(mins => n), 'launched', 'clock', 'allow', $2 from generate_series(1, 1200) n`,
    [busy, open.jobId],
  );
  const ended = await runSchedule(context, id, {});
  await endJob(ended.jobId, 'completed');
  expect(await settleFirings()).toBe(1);
  expect(await firingsOf(context, id)).toMatchObject([{ outcome: 'completed' }]);
});

it('a firing that replaces waits for an earlier one that is just being launched, and cancels its run', async () => {
  const id = await createHourly(context, { overlap: 'replace' });
  await makeDue(id, 2);
  await fireDue();
  await whileLaunching(id, async () => {
    await makeDue(id, 1);
    await fireDue();
    await launchFirings();
    expect(await statuses(id)).toEqual(['queued', 'queued']);
  });
  await launchFirings();
  expect(await statuses(id)).toEqual(['launched', 'launched']);
  await settleFirings();
  expect(await firingsOf(context, id)).toMatchObject([{ outcome: 'cancelled' }, { outcome: null }]);
});

describe('a firing that waits and one that replaces', () => {
  const decide = (id: string, overlap: string, kind: string, minutesAgo: number) =>
    pool().query(
      `insert into schedule_firing (schedule_id, due_at, decided_at, status, kind, overlap)
       values ($1, now() - make_interval(mins => $4), now() - make_interval(mins => $4), 'queued', $3, $2)`,
      [id, overlap, kind, minutesAgo],
    );

  it.each([
    ['queue', 'replace'],
    ['replace', 'queue'],
  ])('are not launched at the same time: %s first, then %s', async (first, second) => {
    const id = await createHourly(context);
    await decide(id, first, 'backfill', 20);
    const held = await holdLaunches(context.organizationId);
    const launch = launchFirings();
    await until('the first to be held', async () => (await held.waiting()) === 1);
    // Another supervisor knows nothing of this process, so only the database keeps them apart.
    await decide(id, second, 'hand', 1);
    const others = await excludedIn(id);
    await held.release();
    await launch;
    expect(others).toBe(true);
  });

  /** Whether a launch of the schedule keeps others out, for another process. */
  async function excludedIn(id: string): Promise<boolean> {
    return transaction(async (tx) => {
      const firing = await takeFiring(tx, sql`f.schedule_id = ${id}`, {
        withoutShort: [],
        withoutLong: [],
        served: [],
      });
      return firing === undefined || !(await excludeOthers(tx, firing));
    });
  }

  it('and the replacing one cancels the run of the waiting one', async () => {
    const id = await createHourly(context);
    await decide(id, 'queue', 'backfill', 20);
    await decide(id, 'replace', 'hand', 1);
    await launchFirings();
    await launchFirings();
    await settleFirings();
    expect(await firingsOf(context, id)).toMatchObject([
      { outcome: 'cancelled' },
      { outcome: null, status: 'launched' },
    ]);
  });
});

it('an interrupted launch does not wait for another process that took its firing meanwhile', async () => {
  const id = await createHourly(context);
  await makeDue(id, 1);
  await fireDue();
  const held = await holdLaunches(context.organizationId);
  await pool().query(
    `create or replace function hold() returns trigger language plpgsql as $$ begin
       perform pg_advisory_xact_lock_shared(4711); raise exception 'interrupted'; end $$`,
  );
  const launch = launchFirings();
  await until('the launch to be held', async () => (await held.waiting()) === 1);
  const client = await pool().connect();
  await client.query('begin');
  const taken = client.query('select from schedule_firing where schedule_id = $1 for update', [id]);
  await until('the other process to wait for the firing', async () => {
    const { rows } = await pool().query(`select from pg_locks where locktype = 'transactionid' and not granted`);
    return rows.length > 0;
  });
  await held.release();
  await taken;
  await launch;
  await client.query('rollback');
  client.release();
  expect(await statuses(id)).toEqual(['queued']);
});
