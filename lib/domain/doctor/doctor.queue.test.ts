import { afterEach, beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { queueOf } from '@/lib/queue/queues';
import { asMember, createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { until } from '@/lib/testing/until';
import { diagnoseBatch } from './diagnose-batch';
import { listStuckBatches } from './list-stuck-batches';
import { listPausedQueues, resumePausedQueue } from './paused-queues';
import { repairBatch } from './repair-batch';

let context: Context;

afterEach(async () => {
  for (const type of ['diagnostic', 'collect'] as const) await queueOf(type).resume();
});

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  await pool().query(`insert into node (host, pid, processes) values ('test', 1, 1)`);
});

const codes = async (batchId: string) => (await diagnoseBatch(context, batchId)).findings.map((f) => f.code);

test('a healthy batch has no findings, and a repair changes nothing', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['completed', 'failed'] });
  expect(await codes(batchId)).toEqual([]);
  const before = await getBatch(context, batchId);
  expect(await repairBatch(context, batchId)).toMatchObject({
    recounted: false,
    redelivered: 0,
    released: 0,
    remaining: [],
  });
  expect(await getBatch(context, batchId)).toEqual(before);
});

test('wrong counters are found and corrected', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['completed', 'failed', 'pending'] });
  await pool().query('update batch set completed = 0 where id = $1', [batchId]);
  expect(await codes(batchId)).toContain('counters-differ');
  expect(await repairBatch(context, batchId)).toMatchObject({ recounted: true });
  expect(await getBatch(context, batchId)).toMatchObject({ completed: 1, failed: 1, total: 3 });
  await expectConsistent();
});

test('a wrong sum of costs is found and corrected', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['completed', 'completed'] });
  await pool().query('update job set cost_tokens = 7, cost_usd = 0.5 where id = $1', [jobIds[0]]);
  await expect(expectConsistent()).rejects.toThrow('those of its rows 7 and 0.5');
  expect((await diagnoseBatch(context, batchId)).findings).toMatchObject([
    {
      code: 'counters-differ',
      message: expect.stringContaining('costs of the rows have another sum'),
      repairable: true,
    },
  ]);
  expect(await repairBatch(context, batchId)).toMatchObject({ recounted: true, remaining: [] });
  expect(await getBatch(context, batchId)).toMatchObject({ costs: { tokens: 7, usd: 0.5 } });
});

test('a wrong count of warnings is found and corrected', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['completed', 'failed'] });
  await pool().query(`update job set warnings = '[{"code":"a","message":"b"}]' where id = $1`, [jobIds[0]]);
  await expect(expectConsistent()).rejects.toThrow('warned says 0, 1 rows have warnings');
  expect(await codes(batchId)).toEqual(['counters-differ']);
  expect(await repairBatch(context, batchId)).toMatchObject({ recounted: true, remaining: [] });
  expect(await getBatch(context, batchId)).toMatchObject({ warned: 1 });
  await expectConsistent();
});

test('a batch that was never finished is finished', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['completed', 'completed'] });
  await pool().query(`update batch set status = 'in-progress', finished_at = null where id = $1`, [batchId]);
  expect(await codes(batchId)).toEqual(['not-finished']);
  await repairBatch(context, batchId);
  expect(await getBatch(context, batchId)).toMatchObject({ status: 'completed', finishedAt: expect.any(String) });
  await expectConsistent();
});

test('items that the queue lost are delivered again', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['pending', 'pending', 'completed'] });
  expect(await codes(batchId)).toEqual(['lost-in-queue']);
  expect(await repairBatch(context, batchId)).toMatchObject({ redelivered: 2, remaining: [] });
});

test('items of a dead process are requeued', async () => {
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['active', 'completed'] });
  await pool().query('update job set consumer_id = 424242, started_at = now() where id = $1', [jobIds[0]]);
  expect(await codes(batchId)).toEqual(['holder-gone']);
  expect(await repairBatch(context, batchId)).toMatchObject({ released: 1, remaining: [] });
});

test('only an administrator may repair, and the audit log records it', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['completed'] });
  await expect(repairBatch(asMember(context), batchId)).rejects.toMatchObject({ code: 'forbidden' });
  await repairBatch(context, batchId);
  const { rows } = await pool().query('select action, actor from audit where target_id = $1', [batchId]);
  expect(rows).toEqual([{ action: 'batch.repair', actor: 'Ana' }]);
});

test('a queue that another client has paused is found, and a repair resumes it', async () => {
  const { batchId } = await seedBatch(context, { statuses: ['completed', 'pending'] });
  await repairBatch(context, batchId);
  await queueOf('diagnostic').pause();
  expect(await codes(batchId)).toEqual(['queue-paused']);
  // A queue backend that answers late counts as away, and then no queue is known to be paused.
  const stuck = await until('the batch is listed as stuck', async () => {
    const batches = await listStuckBatches(context);
    return batches.length > 0 && batches;
  });
  expect(stuck.map((b) => b.reasons.map((r) => r.code))).toEqual([['queue-paused']]);
  expect(await repairBatch(context, batchId)).toMatchObject({ resumed: ['diagnostic'], remaining: [] });
  expect(await queueOf('diagnostic').isPaused()).toBe(false);
});

test('an administrator can resume a paused queue even if no batch runs', async () => {
  await queueOf('collect').pause();
  const [paused] = await until('it is found', async () => {
    const queues = await listPausedQueues();
    return queues.length > 0 && queues;
  });
  expect(paused).toMatchObject({ queue: 'collect', message: expect.stringContaining('by another client or a board') });
  await expect(resumePausedQueue(asMember(context), 'collect')).rejects.toMatchObject({ code: 'forbidden' });
  await expect(resumePausedQueue(context, 'no-queue')).rejects.toMatchObject({ code: 'not-found' });
  expect(await resumePausedQueue(context, 'collect')).toEqual({ queues: [] });
});
