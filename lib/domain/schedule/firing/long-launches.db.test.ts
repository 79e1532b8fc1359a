import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { storeFile } from '@/lib/domain/file/store-file';
import { backfillSchedule } from '@/lib/domain/schedule/backfill-schedule';
import { runSchedule } from '@/lib/domain/schedule/run-schedule';
import { registerNode } from '@/lib/domain/worker/nodes';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, firingsOf, holdLaunches, makeDue } from '@/lib/testing/schedules';
import { until } from '@/lib/testing/until';
import { fireDue } from './fire-due';
import { launchFirings } from './launch-firing';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

const statuses = async (id: string) => (await firingsOf(context, id)).map(({ status }) => status);

/** A schedule of a batch whose items are in a file. */
async function createFromFile(owner: Context): Promise<string> {
  const body = async function* () {
    yield new TextEncoder().encode('{}\n{}\n');
  };
  const { fileId } = await storeFile(owner, { name: 'items.jsonl', body: body() });
  return createHourly(owner, { launch: { batch: { name: 'from a file', type: 'diagnostic', fileId } } });
}

describe('launches that take long', () => {
  it('take one slot of an organization, so that others launch, and lose no due time', async () => {
    const other = await createContext();
    const ids = await Promise.all([1, 2, 3, 4].map(() => createHourly(context)));
    const free = await createHourly(other);
    for (const id of [...ids, free]) await makeDue(id, 1);
    expect(await fireDue()).toBe(5);
    const held = await holdLaunches(context.organizationId);
    const sweeps = [launchFirings(), launchFirings(), launchFirings()];
    try {
      await until('the other organization to launch', async () => (await firingsOf(other, free))[0]?.jobId);
      await until('a launch to be held', async () => (await held.waiting()) === 1);
      await Promise.all([Promise.race(sweeps), launchFirings()]);
      expect(await held.waiting()).toBe(1);
      for (const id of ids) expect(await statuses(id)).toEqual(['queued']);
    } finally {
      await held.release();
      await Promise.all(sweeps);
    }
    for (const id of ids) expect(await statuses(id)).toEqual(['launched']);
  });

  it('of three organizations with long files leave room for a short launch of a fourth', async () => {
    const owners = await Promise.all([createContext(), createContext(), createContext()]);
    const long = await Promise.all(owners.map(createFromFile));
    for (const id of long) await makeDue(id, 1);
    expect(await fireDue()).toBe(3);
    const held = await holdLaunches(...owners.map(({ organizationId }) => organizationId));
    const sweeps = [launchFirings(), launchFirings(), launchFirings()];
    const other = await createContext();
    try {
      await until('two long launches to be held', async () => (await held.waiting()) === 2);
      await Promise.race(sweeps);
      const short = await createHourly(other);
      await makeDue(short, 1);
      await fireDue();
      await launchFirings();
      expect((await firingsOf(other, short)).map(({ status }) => status)).toEqual(['launched']);
      expect(await held.waiting()).toBe(2);
    } finally {
      await held.release();
      await Promise.all(sweeps);
      await launchFirings();
    }
    for (const [i, owner] of owners.entries())
      expect(await firingsOf(owner, long[i] ?? '')).toMatchObject([{ status: 'launched' }]);
  });

  it('of one organization with many of them give way to the first one of another', async () => {
    const [busy, other] = [await createContext(), await createContext()];
    const ids = await Promise.all([1, 2, 3].map(() => createHourly(busy)));
    const last = await createHourly(other);
    for (const [i, id] of [...ids, last].entries()) await makeDue(id, 1 - i * 0.1);
    await fireDue();
    await pool().query(`update schedule_firing set decided_at = due_at`);
    await launchFirings();
    const { rows } = await pool().query<{ organization_id: string }>('select organization_id from job order by id');
    expect(rows.map((row) => row.organization_id === other.organizationId).indexOf(true)).toBeLessThan(2);
  });

  it('turn nothing into missed while supervisors live', async () => {
    const id = await createHourly(context);
    await makeDue(id, 1);
    await fireDue();
    await pool().query(`update schedule_firing set decided_at = now() - interval '1 hour'`);
    const [first, second] = [await registerNode('test', 1), await registerNode('test', 2)];
    await pool().query(
      `update node set started_at = now() - interval '2 hours', last_seen_at = now() - interval '20 minutes' where id = $1`,
      [first],
    );
    await pool().query(`update node set started_at = now() - interval '1210 seconds' where id = $1`, [second]);
    await launchFirings();
    expect(await statuses(id)).toEqual(['launched']);
  });

  it('do not hold up the answer of a run by hand', async () => {
    const id = await createHourly(context, { overlap: 'allow' });
    const held = await holdLaunches(context.organizationId);
    try {
      expect(await runSchedule(context, id, {}, 50)).toMatchObject({ status: 'queued', byHand: true });
      expect(await runSchedule(context, id, {}, 50)).toMatchObject({ status: 'queued', byHand: true });
    } finally {
      await held.release();
    }
    await until('both to be launched', async () => {
      await launchFirings();
      return (await statuses(id)).join() === 'launched,launched';
    });
  });

  it('let the clock go before what was backfilled earlier', async () => {
    const [back, id] = [await createHourly(context), await createHourly(context)];
    const range = { from: new Date(Date.now() - 7_000_000).toISOString(), to: new Date().toISOString(), dry: false };
    expect((await backfillSchedule(context, back, range)).times).not.toEqual([]);
    await makeDue(id, 1);
    await fireDue();
    await launchFirings();
    const { rows } = await pool().query('select id from job order by id');
    expect(rows[0]).toEqual({ id: (await firingsOf(context, id))[0]?.jobId });
    expect(rows.length).toBeGreaterThan(1);
  });
});
