import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, jobRows, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expire } from './expire';

beforeEach(truncateAll);

const age = async (batchId: string, days: number) => {
  await pool().query('update batch set finished_at = now() - make_interval(days => $2) where id = $1', [batchId, days]);
  await pool().query('update job set finished_at = now() - make_interval(days => $2) where batch_id = $1', [
    batchId,
    days,
  ]);
};

test('batches that finished more than a week ago are deleted with their children, and others are kept', async () => {
  const context = await createContext();
  const old = await seedBatch(context, { statuses: ['completed', 'failed', 'cancelled'] });
  const recent = await seedBatch(context, { statuses: ['completed'] });
  const running = await seedBatch(context, { statuses: ['completed', 'pending'] });
  await age(old.batchId, 8);
  await age(recent.batchId, 6);
  expect(await expire(1000)).toBe(3);
  expect(await jobRows(old.batchId)).toEqual({});
  const { rows } = await pool().query<{ id: string }>('select id from batch order by id');
  expect(rows.map((r) => r.id)).toEqual([recent.batchId, running.batchId]);
  expect(await expire(1000)).toBe(0);
});
