import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import type { Context } from '@/lib/domain/context';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { cancelJob } from './cancel-job';
import { type Claim, claimJobs } from './claim-jobs';
import { recordAndTake } from './record-outcomes';

vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: () => ({ addBulk: async () => undefined }),
}));

let context: Context;
beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const begin = (count: number, options: BatchOptions, first?: number) => launchClaimed(context, count, options, first);

/** Completes rows and takes as many of their batch, or `wanted`. */
const finish = (batchId: string, held: Claim[], wanted = held.length) =>
  recordAndTake({
    consumerId: 1,
    outcomes: held.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'completed', result: 1 })),
    requests: [{ batchId, type: 'diagnostic', wanted }],
  });

const position = async (batchId: string) =>
  (await pool().query('select cursor, reach, holes from batch_dispatch where batch_id = $1', [batchId])).rows[0];

/** How many entries of the job table and its indexes were read so far. */
async function rowsRead(): Promise<number> {
  await pool().query('select pg_stat_force_next_flush()');
  const { rows } = await pool().query<{ read: number }>(
    `select (seq_tup_read + (select sum(idx_tup_read) from pg_stat_user_indexes where relname = 'job'))::float8 as read
     from pg_stat_user_tables where relname = 'job'`,
  );
  return rows[0]?.read ?? Number.NaN;
}

const inFlight = async (batchId: string): Promise<number> => (await jobRows(batchId)).active ?? 0;

describe('a consumer that records an outcome', () => {
  test('gets the next rows of the batch, claimed and in order', async () => {
    const { batchId, ids, held } = await begin(6, { concurrency: 2 });
    const { taken, busy } = await finish(batchId, held);
    expect(busy).toEqual([]);
    expect(taken.map((row) => row.id).sort()).toEqual(ids.slice(2, 4).sort());
    expect(taken).toMatchObject([
      { attempt: 1, attempts_made: 0, type: 'diagnostic', batch_id: batchId, delivery: 0 },
      { attempt: 1, data: { payload: expect.any(Number) } },
    ]);
    expect(await position(batchId)).toEqual({ cursor: 4, reach: 3, holes: 0 });
    expect(await inFlight(batchId)).toBe(2);
  });

  test('gets them with their own correlation id, or else with that of the batch', async () => {
    const { batchId, ids, held } = await begin(4, { concurrency: 2 });
    await pool().query("update job set correlation_id = 'its own' where id = $1", [ids[2]]);
    const { rows } = await pool().query('select correlation_id from batch where id = $1', [batchId]);
    const { taken } = await finish(batchId, held);
    expect(taken.find((row) => row.id === ids[2])?.correlation_id).toBe('its own');
    expect(taken.find((row) => row.id === ids[3])?.correlation_id).toBe(rows[0].correlation_id);
  });

  test('does not read the other open rows', async () => {
    const OPEN = 5000;
    const { batchId, held } = await begin(OPEN, { concurrency: 2 });
    // The statement is planned anew for its first calls, so some of them come before those that are counted.
    let rows: Claim[] = held;
    for (let i = 0; i < 8; i += 1) ({ taken: rows } = await finish(batchId, rows));
    const before = await rowsRead();
    for (let i = 0; i < 10; i += 1) ({ taken: rows } = await finish(batchId, rows));
    expect(rows).toHaveLength(2);
    expect((await rowsRead()) - before).toBeLessThan(OPEN);
  });

  test('takes what is left, and the batch ends once', async () => {
    const { batchId, held } = await begin(5, { concurrency: 2 });
    let batches: unknown[] = [];
    let rows: Claim[] = held;
    while (rows.length > 0) ({ taken: rows, batches } = await finish(batchId, rows));
    expect(batches).toMatchObject([{ id: batchId, finished: true }]);
    expect(await jobRows(batchId)).toEqual({ completed: 5 });
    await expectConsistent();
  });

  test('takes no more than a lowered concurrency allows', async () => {
    const { batchId, held } = await begin(9, { concurrency: 4 });
    await pool().query(`update batch set options = '{"concurrency":3}' where id = $1`, [batchId]);
    expect((await finish(batchId, held.slice(0, 1))).taken).toHaveLength(0);
    expect((await finish(batchId, held.slice(1, 2))).taken).toHaveLength(1);
    expect(await inFlight(batchId)).toBe(3);
  });

  test('takes nothing for an outcome that another attempt made obsolete', async () => {
    const { batchId, held } = await begin(4, { concurrency: 1 });
    await finish(batchId, held);
    const { changed, taken } = await finish(batchId, held);
    expect({ changed, taken }).toEqual({ changed: [], taken: [] });
  });

  test('takes nothing in place of a row that will be tried again', async () => {
    const { batchId, held } = await begin(4, { concurrency: 1 });
    const { taken } = await recordAndTake({
      consumerId: 1,
      outcomes: held.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'retry', delayMs: 1000 })),
      requests: [{ batchId, type: 'diagnostic', wanted: 1 }],
    });
    expect(taken).toEqual([]);
  });

  test.each([
    ['is paused', 'update batch set paused = true where id = $1'],
    ['has no slot', 'update batch set slot_freed = true where id = $1'],
    ['is being cancelled', `update batch set cancel_mode = 'graceful' where id = $1`],
    ['starts later', `update batch set not_before = now() + interval '1 hour' where id = $1`],
    ['has refused deliveries', 'update batch_dispatch set recall = true where batch_id = $1'],
    ['is of another type', `update batch set type = 'collect' where id = $1`],
  ])('takes nothing of a batch that %s', async (_, change) => {
    const { batchId, held } = await begin(4, { concurrency: 1 });
    await pool().query(change, [batchId]);
    const { changed, taken, busy } = await finish(batchId, held);
    expect(changed).toHaveLength(1);
    expect({ taken, busy }).toEqual({ taken: [], busy: [] });
  });

  test('takes no row of another type, and none behind it', async () => {
    const { batchId, ids, held } = await begin(5, { concurrency: 2 });
    await pool().query(`update job set type = 'collect' where id = $1`, [ids[3]]);
    expect((await finish(batchId, held)).taken.map((row) => row.id)).toEqual([ids[2]]);
    expect(await position(batchId)).toMatchObject({ cursor: 3 });
  });

  test('passes rows that were cancelled while they waited', async () => {
    const { batchId, ids, held } = await begin(7, { concurrency: 2 });
    for (const id of [ids[2], ids[4]]) await cancelJob(context, id ?? '');
    expect(await position(batchId)).toMatchObject({ holes: 2 });
    const { taken } = await finish(batchId, held);
    expect(taken.map((row) => row.id).sort()).toEqual([ids[3], ids[5]].sort());
    expect(await position(batchId)).toEqual({ cursor: 6, reach: 5, holes: 0 });
    expect((await finish(batchId, taken)).taken.map((row) => row.id)).toEqual([ids[6]]);
  });

  test('leaves a row to its delivery that an uncommitted dispatch enqueued', async () => {
    const { batchId, ids, held } = await begin(5, { concurrency: 2 });
    await claimJobs({ consumerId: 2, quarantine: false }, [{ id: ids[2] ?? '', redelivered: false }]);
    expect((await finish(batchId, held)).taken.map((row) => row.id)).toEqual([ids[3]]);
    expect(await position(batchId)).toEqual({ cursor: 4, reach: 3, holes: 0 });
  });

  test('may ask again where a dispatch holds the lock, and does not wait for it', async () => {
    const { batchId, held } = await begin(4, { concurrency: 1 });
    const dispatch = await pool().connect();
    await dispatch.query('begin');
    await dispatch.query('select 1 from batch_dispatch where batch_id = $1 for update', [batchId]);
    const { changed, taken, busy } = await finish(batchId, held);
    expect(changed).toHaveLength(1);
    expect({ taken, busy }).toEqual({ taken: [], busy: [batchId] });
    await dispatch.query('commit');
    dispatch.release();
    expect((await finish(batchId, [], 1)).taken).toHaveLength(1);
    expect((await finish(batchId, [], 1)).taken).toHaveLength(0);
  });

  test('starts rows no earlier than the rate allows', async () => {
    const { batchId, held } = await begin(5, { concurrency: 4, ratePerMinute: 60 }, 1);
    expect((await finish(batchId, held)).taken).toHaveLength(0);
    await pool().query(`update batch_dispatch set next_slot = now() - interval '50 milliseconds' where batch_id = $1`, [
      batchId,
    ]);
    expect((await finish(batchId, [], 2)).taken).toHaveLength(1);
    const { rows } = await pool().query<{ ms: number }>(
      'select extract(epoch from next_slot - now())::float8 * 1000 as ms from batch_dispatch where batch_id = $1',
      [batchId],
    );
    expect(rows[0]?.ms).toBeGreaterThan(0);
    expect((await finish(batchId, [], 1)).taken).toHaveLength(0);
  });

  test('takes rows that were retried or added, after those of the launch', async () => {
    const { batchId, ids, held } = await begin(3, { concurrency: 1 });
    const failed = held.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'failed' as const }));
    await recordAndTake({ consumerId: 1, outcomes: failed, requests: [] });
    await retryBatch(context, batchId, { only: 'failed' });
    const order: string[] = [];
    let rows: Claim[] = (await finish(batchId, [], 1)).taken;
    for (; rows.length > 0; { taken: rows } = await finish(batchId, rows)) {
      order.push(...rows.map((row) => row.id));
      // The dispatcher moves the position from the rows of the launch to the others.
      if (order.length === 2)
        await pool().query('update batch_dispatch set cursor = initial where batch_id = $1', [batchId]);
    }
    expect(order).toEqual([ids[1], ids[2], ids[0]]);
  });
});

test('many recorders at once take each row once and never exceed the concurrency', async () => {
  const { batchId, held } = await begin(200, { concurrency: 8 });
  const lanes = held.map(async (first) => {
    for (let row: Claim | undefined = first; row; ) {
      const { taken, busy } = await finish(batchId, [row]);
      expect(taken.length).toBeLessThanOrEqual(1);
      expect(await inFlight(batchId)).toBeLessThanOrEqual(8);
      row = taken[0];
      while (!row && busy.length > 0) {
        const again = await finish(batchId, [], 1);
        [row] = again.taken;
        if (again.busy.length === 0) break;
      }
    }
  });
  await Promise.all(lanes);
  expect(await jobRows(batchId)).toEqual({ completed: 200 });
  await expectConsistent();
});

test('a cancelled batch that is retried keeps its concurrency', async () => {
  const { batchId, held } = await begin(6, { concurrency: 1 });
  await cancelBatch(context, batchId);
  await finish(batchId, held);
  await retryBatch(context, batchId, { only: 'cancelled' });
  expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 1, inFlight: 1, waiting: 4 });
});
