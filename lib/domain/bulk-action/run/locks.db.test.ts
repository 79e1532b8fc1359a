import { beforeEach, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { transaction } from '@/lib/db/transaction';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import { startQueued } from '@/lib/domain/batch/start-queued';
import { lockSlots } from '@/lib/domain/capacity/slots';
import type { Context } from '@/lib/domain/context';
import { expectTrue, runBulk } from '@/lib/testing/bulk-actions';
import { createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';

let context: Context;
beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate bulk_action, bulk_action_job, history_delta');
  context = await createContext();
});

const failed = (count: number) => Array.from({ length: count }, () => 'failed' as const);
const endBatch = (id: string) =>
  pool().query(`update batch set status = 'failed', finished_at = now() where id = $1`, [id]);

const statusOf = async (id: string) =>
  (await pool().query('select status, queued_at is not null as queued from batch where id = $1', [id])).rows[0];

/** Runs `work` while another transaction holds the lock on all slots, for which every start waits. */
const whileSlotsAreLocked = <T>(work: () => Promise<T>): Promise<T> =>
  transaction(async ({ db }) => {
    await lockSlots(db);
    return work();
  });

it('retries the rows of batches without the lock on all slots, and queues those that have ended', async () => {
  const open = await seedBatch(context, { statuses: [...failed(3), 'pending'] });
  const ended = await seedBatch(context, { statuses: failed(2) });
  await endBatch(ended.batchId);
  const done = await whileSlotsAreLocked(() => runBulk(context, { action: 'retry', query: 'status:failed' }));
  expect(done).toMatchObject({ status: 'completed', done: 5 });
  await expectTrue(done.id);
  expect(await jobRows(ended.batchId)).toEqual({ pending: 2 });
  expect(await statusOf(open.batchId)).toMatchObject({ status: 'in-progress' });
  expect(await statusOf(ended.batchId)).toMatchObject({ status: 'pending', queued: true });
  expect(await startQueued()).toEqual([ended.batchId]);
  await expectConsistent();
});

it('a retry of a batch starts it with few rows under that lock, and the others follow without it', async () => {
  const { batchId } = await seedBatch(context, { statuses: failed(700) });
  await endBatch(batchId);
  expect(await retryBatch(context, batchId, {})).toMatchObject({ retried: 700, batch: { status: 'in-progress' } });
  const { rows } = await pool().query<{ n: number }>(
    'select reopened_failed::int as n from history_delta where reopened_failed > 0 order by id',
  );
  expect(rows).toEqual([{ n: 100 }, { n: 500 }, { n: 100 }]);
  await pool().query(`update job set status = 'failed', finished_at = now() where batch_id = $1 and item_index < 3`, [
    batchId,
  ]);
  await pool().query('update batch set failed = 3 where id = $1', [batchId]);
  expect(await whileSlotsAreLocked(() => retryBatch(context, batchId, {}))).toMatchObject({ retried: 3 });
  await expectConsistent();
});
