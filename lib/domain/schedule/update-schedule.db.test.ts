import { beforeEach, describe, expect, it } from 'vitest';
import { updateScheduleBody } from '@/lib/contracts/schedule';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, endJob, fire, firingsOf, makeDue } from '@/lib/testing/schedules';
import { launchFirings } from './firing/launch-firing';
import { updateSchedule } from './update-schedule';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

describe('a change while a due time waits', () => {
  /** A due time of two seconds ago, which its jitter delays. */
  async function waiting(fields: object = {}): Promise<string> {
    const id = await createHourly(context, { jitterSeconds: 600, ...fields });
    await makeDue(id, 2);
    await pool().query(`update schedule set next_at = now() + interval '5 minutes' where id = $1`, [id]);
    return id;
  }
  const times = async (id: string) =>
    (await pool().query('select next_due, next_at, anchor from schedule where id = $1', [id])).rows;

  it('leaves it alone, unless the times change, also if it names them', async () => {
    const id = await waiting({ timeZone: 'Europe/Berlin', exclude: ['2031-01-01'] });
    const before = await times(id);
    const same = {
      everySeconds: 3600,
      timeZone: 'Europe/Berlin',
      jitterSeconds: 600,
      exclude: ['2031-01-01'],
      paused: false,
    };
    await updateSchedule(context, id, updateScheduleBody.parse({ name: 'other', overlap: 'allow', ...same }));
    expect(await times(id)).toEqual(before);
    expect(await firingsOf(context, id)).toEqual([]);
  });

  it('does not lose what was missed in an outage', async () => {
    const id = await createHourly(context);
    await makeDue(id, 9000);
    await updateSchedule(context, id, { name: 'other' });
    await fire();
    expect((await firingsOf(context, id)).map(({ status }) => status)).toEqual(['missed', 'missed', 'missed']);
  });

  it.each([{ cron: '0 2 * * *' }, { jitterSeconds: 0 }, { exclude: ['2031-01-01'] }])(
    'launches it if %j changes the times, and counts the next one anew',
    async (fields) => {
      const id = await waiting();
      const schedule = await updateSchedule(context, id, updateScheduleBody.parse(fields));
      expect(Date.parse(schedule.nextAt ?? '')).toBeGreaterThan(Date.now());
      await launchFirings();
      expect(await firingsOf(context, id)).toMatchObject([{ status: 'launched', kind: 'clock' }]);
    },
  );

  it('decides about missed ones by the policy if the times change', async () => {
    const id = await createHourly(context, { catchUp: 'last' });
    await makeDue(id, 9000);
    await updateSchedule(context, id, updateScheduleBody.parse({ everySeconds: 7200 }));
    expect((await firingsOf(context, id)).map(({ status }) => status)).toEqual(['missed', 'missed', 'queued']);
  });

  it('skips it if the schedule is paused, and says why', async () => {
    const id = await waiting();
    await updateSchedule(context, id, { paused: true });
    expect(await firingsOf(context, id)).toMatchObject([{ status: 'skipped', why: 'The schedule was paused.' }]);
  });

  it('does not undo the pause that the decision itself brings', async () => {
    const id = await createHourly(context, { pauseAfterFailures: 1 });
    await makeDue(id, 3);
    await fire();
    await endJob((await firingsOf(context, id))[0]?.jobId, 'failed');
    await makeDue(id, 1);
    const changed = await updateSchedule(context, id, updateScheduleBody.parse({ everySeconds: 7200 }));
    expect(changed).toMatchObject({ paused: true, nextAt: null, everySeconds: 7200 });
  });
});
