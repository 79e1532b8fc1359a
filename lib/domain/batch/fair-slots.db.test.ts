import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { readLoad } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { getBatch } from './get-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { queueBatch } from './queue-batch';
import { startQueued } from './start-queued';

vi.hoisted(() => {
  process.env.MAX_ACTIVE_BATCHES = '4';
});

let greedy: Context;
let modest: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate organization_limit');
  [greedy, modest] = [await createContext(), await createContext()];
});

const launch = async (context: Context, fields: Parameters<typeof launchItems>[2] = {}, count = 3) =>
  (await launchItems(context, count, fields)).result.batchId;
const queue = (context: Context, fields = {}) => launch(context, { start: 'queue', ...fields });
const many = async (context: Context, count: number) => {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) ids.push(await queue(context));
  return ids;
};
const setLimits = (context: Context, limits: object) =>
  pool().query(
    `insert into organization_limit (organization_id, limits) values ($1, $2)
     on conflict (organization_id) do update set limits = excluded.limits`,
    [context.organizationId, JSON.stringify(limits)],
  );
const held = async (context: Context) => {
  const { rows } = await pool().query<{ count: number }>(
    `select count(*)::int as count from batch where organization_id = $1 and status = 'in-progress' and not slot_freed`,
    [context.organizationId],
  );
  return rows[0]?.count;
};
/** Makes every wait and every held slot older. */
const pass = (seconds: number) =>
  pool().query(
    `update batch set queued_at = queued_at - make_interval(secs => $1), slot_at = slot_at - make_interval(secs => $1)`,
    [seconds],
  );

describe('an organization that holds all slots', () => {
  test('keeps them while nobody else waits', async () => {
    await many(greedy, 6);
    expect(await held(greedy)).toBe(4);
    expect(await startQueued()).toEqual([]);
    expect(await held(greedy)).toBe(4);
  });

  test('yields half of them to another one that queues batches, and loses nothing by it', async () => {
    const all = await many(greedy, 6);
    const others = await many(modest, 3);
    expect(await startQueued()).toEqual(others.slice(0, 2));
    expect([await held(greedy), await held(modest)]).toEqual([2, 2]);
    expect(await startQueued()).toEqual([]);
    const yielded = await Promise.all(all.map((id) => getBatch(greedy, id)));
    expect(yielded.map((b) => [b.status, b.holdsSlot, b.queuedAt !== null])).toEqual([
      ['in-progress', true, false],
      ['in-progress', true, false],
      ['in-progress', false, true],
      ['in-progress', false, true],
      ['pending', false, true],
      ['pending', false, true],
    ]);
    for (let round = 0; round < 12; round += 1) {
      await startQueued();
      for (const { id } of (await readLoad()).running) await runBatch(id);
    }
    for (const id of [...all, ...others]) expect(await jobRows(id)).toEqual({ completed: 3 });
    await expectConsistent();
  });

  test('gives a slot at once to a launch of another one, and none to its own', async () => {
    await many(greedy, 4);
    await expect(launch(greedy)).rejects.toMatchObject({ code: 'capacity-reached' });
    expect(await getBatch(modest, await launch(modest))).toMatchObject({ status: 'in-progress', holdsSlot: true });
    await launch(modest);
    await expect(launch(modest)).rejects.toMatchObject({ code: 'capacity-reached' });
    expect([await held(greedy), await held(modest)]).toEqual([2, 2]);
  });

  test('continues a batch that yielded before it starts new ones, and urgent ones yield last', async () => {
    const urgent = await queue(greedy, { options: { priority: 10 } });
    const plain = await many(greedy, 3);
    const fresh = await queue(greedy);
    const other = await launch(modest);
    const yielded = await Promise.all([urgent, ...plain].map((id) => getBatch(greedy, id)));
    expect(yielded.map((b) => b.holdsSlot)).toEqual([true, true, true, false]);
    await runBatch(other);
    expect(await startQueued()).toEqual([plain[2]]);
    expect(await getBatch(greedy, fresh)).toMatchObject({ status: 'pending' });
  });

  test('does not get back by pausing and resuming what it yielded', async () => {
    const all = await many(greedy, 8);
    await queue(modest);
    await startQueued();
    for (const id of all.slice(0, 4)) await pauseBatch(greedy, id);
    await startQueued();
    for (const id of all.slice(0, 4)) await resumeBatch(greedy, id);
    await startQueued();
    expect([await held(greedy), await held(modest)]).toEqual([3, 1]);
  });
});

describe('the part of an organization', () => {
  test('follows its weight', async () => {
    await setLimits(greedy, { weight: 3 });
    await many(greedy, 6);
    await many(modest, 6);
    await startQueued();
    expect([await held(greedy), await held(modest)]).toEqual([3, 1]);
  });

  test('is never below its reserve, and others may not use that', async () => {
    await setLimits(modest, { reserve: 3 });
    await many(greedy, 6);
    expect(await held(greedy)).toBe(1);
    await many(modest, 4);
    await startQueued();
    expect([await held(greedy), await held(modest)]).toEqual([1, 3]);
  });

  test('is at most its limit of running batches, which a refused launch names', async () => {
    await setLimits(greedy, { runningBatches: 2 });
    const all = await many(greedy, 3);
    expect(await held(greedy)).toBe(2);
    await expect(launch(greedy)).rejects.toMatchObject({
      code: 'limit-reached',
      retryAfterSeconds: 5,
      extra: { limit: 'runningBatches', allowed: 2 },
    });
    expect(await startQueued()).toEqual([]);
    await expect(queueBatch(greedy, all[2] ?? '')).resolves.toMatchObject({ outcome: 'queued' });
    await runBatch(all[0] ?? '');
    expect(await startQueued()).toEqual([all[2]]);
  });

  test('is a turn of some seconds where its weight gives it no slot of its own', async () => {
    await setLimits(greedy, { weight: 100 });
    await many(greedy, 5);
    const waits = await queue(modest);
    expect(await startQueued()).toEqual([]);
    await pass(6);
    expect(await startQueued()).toEqual([waits]);
    expect([await held(greedy), await held(modest)]).toEqual([3, 1]);
    await pass(6);
    expect(await startQueued()).toEqual([]);
  });
});
