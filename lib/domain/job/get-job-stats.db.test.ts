import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { addUpTallies } from './add-up-tallies';
import { getJobStats } from './get-job-stats';

/** Inserts a thousand single jobs directly: only their counting is tested here. */
async function seedSingles(organizationId: string): Promise<void> {
  await pool().query(
    `insert into job (id, organization_id, type, status, data, started_at, finished_at)
     select gen_random_uuid(), $1, case when n % 2 = 0 then 'diagnostic' else 'document-processing' end,
       case when n % 10 = 0 then 'failed' when n % 10 = 1 then 'pending' else 'completed' end, '{}', now(),
       case when n % 10 <> 1 then now() end from generate_series(1, 1000) n`,
    [organizationId],
  );
}

test('single jobs are counted after every change, also when the changes were added up', async () => {
  const context = await createContext();
  await seedSingles(context.organizationId);
  const expected = { total: 1000, pending: 100, active: 0, completed: 800, failed: 100, cancelled: 0 };
  expect(await getJobStats(context)).toMatchObject(expected);
  await Promise.all([addUpTallies(), addUpTallies()]);
  const { rows } = await pool().query<{ count: number }>('select count(*)::int as count from job_tally');
  expect(rows[0]?.count).toBeLessThan(10);
  expect(await getJobStats(context)).toMatchObject(expected);

  await pool().query(`update job set status = 'pending', finished_at = null where status = 'failed'`);
  await pool().query(`update job set status = 'cancelled', finished_at = now() where status = 'pending'`);
  await pool().query(`delete from job where status = 'completed' and type = 'diagnostic'`);
  const after = await getJobStats(context);
  expect(after).toMatchObject({ total: 600, pending: 0, completed: 400, failed: 0, cancelled: 200, successRate: 100 });
  expect(after.byType).toMatchObject({ diagnostic: { total: 100, cancelled: 100 } });
  await expectConsistent();
});

test('a single job that joins a batch is counted only by the batch', async () => {
  const context = await createContext();
  await seedSingles(context.organizationId);
  const { total } = await getJobStats(context);
  const { batchId } = await seedBatch(context, { statuses: ['completed'] });
  await pool().query(
    `update job set batch_id = $1, item_index = 1 where id = (
       select id from job where organization_id = $2 and batch_id is null and outcome = 'completed' limit 1)`,
    [batchId, context.organizationId],
  );
  await pool().query('update batch set total = total + 1, completed = completed + 1 where id = $1', [batchId]);
  expect((await getJobStats(context)).total).toBe(total + 1);
  await expectConsistent();
});

test('batches are counted after every change, and finished ones are not added up again', async () => {
  const context = await createContext();
  const stats = async () => {
    const { total, pending, completed, failed, cancelled } = await getJobStats(context);
    return { total, pending, completed, failed, cancelled };
  };
  const done = await seedBatch(context, { statuses: ['completed', 'completed', 'failed'] });
  const open = await seedBatch(context, { statuses: ['completed', 'pending'], type: 'collect' });
  expect(await stats()).toEqual({ total: 5, pending: 1, completed: 3, failed: 1, cancelled: 0 });
  // a retry, its end, and the end of the other one
  const { batchId } = done;
  await pool().query(`update batch set status = 'in-progress', failed = 0, finished_at = null where id = $1`, [
    batchId,
  ]);
  expect(await stats()).toEqual({ total: 5, pending: 2, completed: 3, failed: 0, cancelled: 0 });
  await pool().query(`update batch set status = 'completed', completed = 3, finished_at = now() where id = $1`, [
    batchId,
  ]);
  await pool().query(`update batch set status = 'partial', cancelled = 1, finished_at = now() where id = $1`, [
    open.batchId,
  ]);
  const ended = { total: 5, pending: 0, completed: 4, failed: 0, cancelled: 1 };
  expect(await stats()).toEqual(ended);
  await addUpTallies();
  expect(await stats()).toEqual(ended);
  await pool().query('delete from job where batch_id = $1', [batchId]);
  await pool().query('delete from batch where id = $1', [batchId]);
  expect(await stats()).toEqual({ total: 2, pending: 0, completed: 1, failed: 0, cancelled: 1 });
  const { rows } = await pool().query<{ plan: string }>(
    `explain (format text) select total from batch where organization_id = $1 and status in ('pending', 'in-progress')`,
    [context.organizationId],
  );
  expect(JSON.stringify(rows)).toContain('Index');
});

test('success is below 100 percent as long as one job has failed', async () => {
  const context = await createContext();
  await seedBatch(context, { statuses: [...Array.from({ length: 2999 }, () => 'completed' as const), 'failed'] });
  expect((await getJobStats(context)).successRate).toBe(99.9);
});
