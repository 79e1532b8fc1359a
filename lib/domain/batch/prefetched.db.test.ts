import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { type Outcome, recordAndTake, recordOutcomes, type TakenRow } from '@/lib/domain/job/record-outcomes';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { type ClaimedBatch, launchClaimed } from '@/lib/testing/claimed-batch';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { returnPrefetched } from './prefetched';

vi.mock('@/lib/queue/queues', async (original) => ({
  ...(await original()),
  queueOf: () => ({ addBulk: async () => undefined }),
}));

let context: Context;
beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});
afterEach(() => {
  vi.useRealTimers();
});

const completed = (batchId: string, { id, attempt }: { id: string; attempt: number }): Outcome => ({
  id,
  batchId,
  attempt,
  kind: 'completed',
  result: 1,
});

const request = (batchId: string, ahead: number, wanted = 0) => ({
  batchId,
  type: 'diagnostic' as const,
  wanted,
  ahead,
});

/** A batch of which consumer 1 runs as many rows as may run at once, and has prefetched as many. */
async function begin(count: number, options: BatchOptions): Promise<ClaimedBatch & { ahead: TakenRow[] }> {
  const batch = await launchClaimed(context, count, options);
  const { taken } = await recordAndTake({
    consumerId: 1,
    outcomes: [],
    requests: [request(batch.batchId, batch.held.length)],
  });
  return { ...batch, ahead: taken };
}

/** The rows end, and prefetched ones have started in their place. */
const succeed = (batchId: string, ended: { id: string; attempt: number }[], by: TakenRow[], ahead = 0) =>
  recordAndTake({
    consumerId: 1,
    outcomes: ended.map((row, i) => {
      const next = by[i];
      return {
        ...completed(batchId, row),
        ...(next && { successor: { id: next.id, attempt: next.attempt, startedMsAgo: 5 } }),
      };
    }),
    requests: [request(batchId, ahead)],
  });

const idsOf = (rows: { id: string }[]): string[] => rows.map((row) => row.id);

const rowsOf = async (batchId: string) =>
  (
    await pool().query<{ id: string; status: string; seq: number | null; consumer: number | null; attempt: number }>(
      'select id, status, seq, consumer_id as consumer, attempt from job where batch_id = $1 order by item_index',
      [batchId],
    )
  ).rows;

const counters = async (batchId: string) =>
  (
    await pool().query<{ prefetched: number; ended: number; cursor: number; last_seq: number }>(
      `select d.prefetched, b.prefetch_ended as ended, d.cursor, d.last_seq from batch_dispatch d join batch b on b.id = d.batch_id
       where b.id = $1`,
      [batchId],
    )
  ).rows[0];

describe('a row that a consumer prefetches', () => {
  test('is claimed in order, stays pending, and does not count against the concurrency', async () => {
    const { batchId, ids, ahead } = await begin(9, { concurrency: 2 });
    expect(ahead.map((row) => row.id).sort()).toEqual(ids.slice(2, 4).sort());
    expect(ahead).toMatchObject([
      { prefetched: true, attempt: 1 },
      { prefetched: true, attempt: 1 },
    ]);
    expect(await jobRows(batchId)).toEqual({ active: 2, pending: 7 });
    expect(await counters(batchId)).toEqual({ prefetched: 2, ended: 0, cursor: 4, last_seq: 9 });
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 2, waiting: 5 });
    await expectConsistent();
  });

  test('is active from the moment in which the row before it ended', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 2 });
    const { taken } = await succeed(batchId, held, ahead, 2);
    expect(taken).toHaveLength(2);
    expect(await jobRows(batchId)).toEqual({ completed: 2, active: 2, pending: 5 });
    expect(await counters(batchId)).toMatchObject({ prefetched: 4, ended: 2 });
    const { rows } = await pool().query(
      `select max(a.finished_at) <= min(b.started_at) as apart, bool_and(a.finished_at >= a.started_at) as forward
       from job a, job b where a.batch_id = $1 and b.batch_id = $1 and a.status = 'completed' and b.status = 'active'`,
      [batchId],
    );
    expect(rows).toEqual([{ apart: true, forward: true }]);
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 2 });
    await expectConsistent();
  });

  test('starts once, also if the statement is repeated after a lost answer', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 2 });
    expect((await succeed(batchId, held, ahead)).refused).toEqual([]);
    expect((await succeed(batchId, held, ahead)).refused).toEqual([]);
    expect(await counters(batchId)).toMatchObject({ prefetched: 2, ended: 2 });
    expect(await jobRows(batchId)).toEqual({ completed: 2, active: 2, pending: 5 });
    await expectConsistent();
  });

  test('does not start in place of a row of which another attempt is current', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 1 });
    await pool().query('update job set attempt = attempt + 1 where id = $1', [held[0]?.id]);
    const { changed, refused } = await succeed(batchId, held, ahead);
    expect({ changed, refused }).toEqual({ changed: [], refused: idsOf(ahead) });
    expect(await jobRows(batchId)).toEqual({ active: 1, pending: 8 });
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 1 });
    expect(await returnPrefetched(1, batchId, idsOf(ahead))).toEqual(idsOf(ahead));
    await expectConsistent();
  });

  test('frees its place if nothing follows it', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 2 });
    await succeed(batchId, held, ahead);
    await recordOutcomes(ahead.map((row) => completed(batchId, row)));
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 2, inFlight: 2, waiting: 3 });
  });

  test('is not claimed by a delivery', async () => {
    const { ahead } = await begin(9, { concurrency: 2 });
    const claims = await claimJobs(
      { consumerId: 2, quarantine: false },
      ahead.map(({ id }) => ({ id, redelivered: true })),
    );
    expect(claims).toEqual([]);
  });

  test('leaves a free slot to others that run now', async () => {
    const { batchId, held } = await begin(9, { concurrency: 2 });
    const { taken } = await recordAndTake({
      consumerId: 1,
      outcomes: [completed(batchId, held[0] as TakenRow)],
      requests: [request(batchId, 1, 2)],
    });
    expect(taken.map((row) => row.prefetched).sort()).toEqual([false, true]);
    expect(await jobRows(batchId)).toMatchObject({ active: 2 });
  });

  test.each<[string, BatchOptions, string]>([
    ['has a rate', { concurrency: 2, ratePerMinute: 60_000 }, ''],
    ['is paused', { concurrency: 2 }, 'update batch set paused = true where id = $1'],
    ['is being cancelled', { concurrency: 2 }, `update batch set cancel_mode = 'graceful' where id = $1`],
    [
      'runs more than a lowered concurrency',
      { concurrency: 2 },
      `update batch set options = '{"concurrency":1}' where id = $1`,
    ],
  ])('is none of a batch that %s', async (_, options, change) => {
    const { batchId } = await launchClaimed(context, 9, options, 1);
    await dispatchBatch(batchId, 1);
    if (change) await pool().query(change, [batchId]);
    const { taken } = await recordAndTake({ consumerId: 1, outcomes: [], requests: [request(batchId, 1)] });
    expect(taken).toEqual([]);
  });
});

describe('a prefetched row that does not start', () => {
  test('waits again at the end of the order, without a counted attempt', async () => {
    const { batchId, held, ahead } = await begin(6, { concurrency: 2 });
    const returned = await returnPrefetched(1, batchId, idsOf(ahead));
    expect(returned.sort()).toEqual(ahead.map((row) => row.id).sort());
    expect(await counters(batchId)).toEqual({ prefetched: 2, ended: 2, cursor: 4, last_seq: 8 });
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 2, waiting: 4 });
    let rows: { id: string; attempt: number }[] = held;
    const order: string[] = [];
    while (rows.length > 0) {
      const { taken } = await recordAndTake({
        consumerId: 1,
        outcomes: rows.map((row) => completed(batchId, row)),
        requests: [request(batchId, 0, 2)],
      });
      rows = taken;
      order.push(...taken.map((row) => row.id));
    }
    expect(order).toHaveLength(4);
    expect(order.slice(2).sort()).toEqual(returned.sort());
    expect(await jobRows(batchId)).toEqual({ completed: 6 });
    const { rows: made } = await pool().query(
      'select distinct attempts_made as made, crashes from job where batch_id = $1',
      [batchId],
    );
    expect(made).toEqual([{ made: 1, crashes: 0 }]);
    await expectConsistent();
  });

  test('is not returned twice, nor if it has started', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 2 });
    await succeed(batchId, held.slice(0, 1), ahead.slice(0, 1));
    expect(await returnPrefetched(1, batchId, idsOf(ahead))).toEqual([ahead[1]?.id]);
    expect(await returnPrefetched(1, batchId, idsOf(ahead))).toEqual([]);
    expect(await counters(batchId)).toMatchObject({ prefetched: 2, ended: 2, last_seq: 10 + 1 });
    await expectConsistent();
  });

  test('may not start any more once it was returned', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 1 });
    await returnPrefetched(1, batchId, idsOf(ahead));
    expect((await succeed(batchId, held, ahead)).refused).toEqual(idsOf(ahead));
    expect((await rowsOf(batchId)).find((row) => row.id === ahead[0]?.id)).toMatchObject({
      status: 'pending',
      consumer: null,
      attempt: 0,
    });
    await expectConsistent();
  });

  test.each(['crashed', 'stopped'] as const)('waits again when its consumer has %s', async (ending) => {
    const { batchId, ahead, held } = await begin(9, { concurrency: 2 });
    const { requeued } = await releaseConsumer(1, ending, 'SIGKILL');
    expect(requeued.map((row) => row.id).sort()).toEqual(held.map((row) => row.id).sort());
    const rows = (await rowsOf(batchId)).filter((row) => ahead.some(({ id }) => id === row.id));
    expect(rows.map(({ status, consumer, seq }) => ({ status, consumer, later: (seq ?? 0) > 9 }))).toEqual(
      ahead.map(() => ({ status: 'pending', consumer: null, later: true })),
    );
    const { rows: crashes } = await pool().query('select crashes from job where id = any($1::uuid[])', [
      ahead.map((row) => row.id),
    ]);
    expect(crashes).toEqual(ahead.map(() => ({ crashes: 0 })));
    await expectConsistent();
  });

  test('is closed when it is returned after its batch was cancelled', async () => {
    const { batchId, held, ahead } = await begin(9, { concurrency: 2 });
    await pool().query(`update batch set cancel_mode = 'graceful', sealed = true where id = $1`, [batchId]);
    await returnPrefetched(1, batchId, idsOf(ahead));
    await recordOutcomes(held.map((row) => completed(batchId, row)));
    await cancelBatch(context, batchId).catch(() => undefined);
    expect(await jobRows(batchId)).toEqual({ completed: 2, cancelled: 7 });
    await expectConsistent();
  });
});

/** Returns whether the call waits until its consumer returned what it prefetched. */
async function waitsFor(call: () => Promise<unknown>, settle: () => Promise<unknown>): Promise<void> {
  // The call does not wait forever, as a consumer may be frozen. Here no time passes.
  vi.useFakeTimers({ toFake: ['performance'] });
  const order: string[] = [];
  const done = call().then(() => order.push('acknowledged'));
  await vi.waitUntil(
    async () => (await pool().query('select 1 from batch where paused or cancel_mode is not null')).rowCount,
  );
  order.push('settles');
  await settle();
  await done;
  expect(order).toEqual(['settles', 'acknowledged']);
}

describe('is acknowledged when nothing prefetched can start any more:', () => {
  test('a pause', async () => {
    const { batchId, ahead } = await begin(9, { concurrency: 2 });
    await waitsFor(
      () => pauseBatch(context, batchId),
      () => returnPrefetched(1, batchId, idsOf(ahead)),
    );
    await resumeBatch(context, batchId);
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 2, waiting: 7 });
  });

  test('a cancel of a batch, which closes what was returned', async () => {
    const { batchId, ahead } = await begin(9, { concurrency: 2 });
    await waitsFor(
      () => cancelBatch(context, batchId),
      () => returnPrefetched(1, batchId, idsOf(ahead)),
    );
    expect(await jobRows(batchId)).toEqual({ active: 2, cancelled: 7 });
  });

  test('a pause, even if the consumer of the rows is frozen', async () => {
    const { batchId } = await begin(9, { concurrency: 2 });
    expect(await pauseBatch(context, batchId)).toMatchObject({ paused: true });
    expect(await counters(batchId)).toMatchObject({ prefetched: 2, ended: 0 });
  });

  test('a cancel of one row, which then never starts', async () => {
    const { batchId, ahead, held } = await begin(9, { concurrency: 1 });
    const [row] = ahead as [TakenRow];
    expect(await cancelJob(context, row.id)).toMatchObject({ status: 'cancelled' });
    await succeed(batchId, held, ahead);
    expect(await jobRows(batchId)).toEqual({ completed: 1, cancelled: 1, pending: 7 });
    await expectConsistent();
  });
});
