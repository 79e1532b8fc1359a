import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { BatchOptions } from '@/lib/contracts/batch-options';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { recordAndTake, recordOutcomes, type TakenRow } from '@/lib/domain/job/record-outcomes';
import { launchClaimed } from '@/lib/testing/claimed-batch';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { begin, completed, counters, idsOf, request, succeed } from '@/lib/testing/prefetched-batch';
import { dispatchBatch } from './dispatch-batch';
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

describe('a row that a consumer prefetches', () => {
  test('is claimed in order, stays pending, and does not count against the concurrency', async () => {
    const { batchId, ids, ahead } = await begin(context, 9, { concurrency: 2 });
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
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 2 });
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
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 2 });
    expect((await succeed(batchId, held, ahead)).refused).toEqual([]);
    expect((await succeed(batchId, held, ahead)).refused).toEqual([]);
    expect(await counters(batchId)).toMatchObject({ prefetched: 2, ended: 2 });
    expect(await jobRows(batchId)).toEqual({ completed: 2, active: 2, pending: 5 });
    await expectConsistent();
  });

  test('does not start in place of a row of which another attempt is current', async () => {
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 1 });
    await pool().query('update job set attempt = attempt + 1 where id = $1', [held[0]?.id]);
    const { changed, refused } = await succeed(batchId, held, ahead);
    expect({ changed, refused }).toEqual({ changed: [], refused: idsOf(ahead) });
    expect(await jobRows(batchId)).toEqual({ active: 1, pending: 8 });
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 0, inFlight: 1 });
    expect(await returnPrefetched(1, batchId, idsOf(ahead))).toEqual(idsOf(ahead));
    await expectConsistent();
  });

  test('frees its place if nothing follows it', async () => {
    const { batchId, held, ahead } = await begin(context, 9, { concurrency: 2 });
    await succeed(batchId, held, ahead);
    await recordOutcomes(ahead.map((row) => completed(batchId, row)));
    expect(await dispatchBatch(batchId, 1)).toMatchObject({ count: 2, inFlight: 2, waiting: 3 });
  });

  test('is not claimed by a delivery', async () => {
    const { ahead } = await begin(context, 9, { concurrency: 2 });
    const claims = await claimJobs(
      { consumerId: 2, quarantine: false },
      ahead.map(({ id }) => ({ id, redelivered: true })),
    );
    expect(claims).toEqual([]);
  });

  test('leaves a free slot to others that run now', async () => {
    const { batchId, held } = await begin(context, 9, { concurrency: 2 });
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
