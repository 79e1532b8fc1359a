import { beforeEach, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { readLoad } from '@/lib/domain/capacity/get-capacity';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { isOwnDelivery } from '@/lib/queue/enqueue';
import { queueOf } from '@/lib/queue/queues';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems } from '@/lib/testing/run-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { pauseBatch, resumeBatch } from './pause-batch';
import { shareConsumers } from './prevent-starvation';
import { startQueued } from './start-queued';

vi.hoisted(() => {
  process.env.MAX_ACTIVE_BATCHES = '4';
});

const ROWS_AT_ONCE = 25;

let greedy: Context;
let modest: Context;

beforeEach(async () => {
  await truncateAll();
  await queueOf('diagnostic').obliterate({ force: true });
  [greedy, modest] = [await createContext(), await createContext()];
  await pool().query('truncate node cascade');
  await pool().query(`insert into node (host, pid, processes) values ('here', 1, 1)`);
});

const launch = async (context: Context, count: number, priority = 0) =>
  (await launchItems(context, count, { start: 'queue', options: { priority } })).result.batchId;

/** One second of a yard whose consumers complete `ROWS_AT_ONCE` rows, in the order of the queue. */
async function second(): Promise<void> {
  // On a busy machine a test takes longer than a node may be silent.
  await pool().query('update node set last_seen_at = now()');
  await startQueued();
  for (const { id } of (await readLoad()).running) await dispatchBatch(id, 100);
  await shareConsumers();
  const next = await queueOf('diagnostic').getJobs(['waiting', 'prioritized'], 0, ROWS_AT_ONCE - 1, true);
  const deliveries = next.slice(0, ROWS_AT_ONCE).filter(isOwnDelivery);
  const claims = await claimJobs(
    { consumerId: 1, quarantine: false },
    deliveries.map(({ data }) => ({ id: data.jobId, redelivered: false })),
  );
  await recordOutcomes(
    claims.map(({ id, attempt, batch_id: batchId }) => ({ id, attempt, batchId, kind: 'completed', result: 1 })),
  );
  for (const job of next.slice(0, ROWS_AT_ONCE)) await job.remove();
}

test('a batch of 20 ends within seconds while another organization launches, pauses and resumes all it can', async () => {
  const flood: string[] = [];
  for (let i = 0; i < 8; i += 1) flood.push(await launch(greedy, 300, 1000));
  for (let i = 0; i < 60; i += 1) {
    await createJob(greedy, { type: 'diagnostic', data: {}, priority: 1000 });
  }
  await second();
  const batchId = await launch(modest, 20);
  let seconds = 0;
  while ((await getBatch(modest, batchId)).status !== 'completed') {
    seconds += 1;
    const [one = '', other = ''] = [flood[seconds % 8], flood[(seconds + 4) % 8]];
    await Promise.all([pauseBatch(greedy, one), resumeBatch(greedy, other)]);
    await launch(greedy, 50, 1000);
    await second();
    expect(seconds).toBeLessThan(5);
  }
  expect(await jobRows(batchId)).toEqual({ completed: 20 });
  await expectConsistent();
});

test('an organization with few enqueued rows runs no more of them than its part of the slots', async () => {
  await launch(greedy, 2000);
  const batchId = await launch(modest, 800);
  await startQueued();
  for (const { id } of (await readLoad()).running) await dispatchBatch(id, 500);
  const rows = async (status: string) => (await jobRows(batchId))[status as 'active'] ?? 0;
  // Half of the 500 slots of one process: as long as it holds them, nothing of it passes the others.
  await pool().query(
    `update job set status = 'active', consumer_id = 1 where id in (
       select id from job where batch_id = $1 and status = 'pending' order by item_index limit 249)`,
    [batchId],
  );
  expect(await rows('active')).toBe(249);
  expect(await shareConsumers()).toBe(1);
  await pool().query(
    `update job set status = 'active', consumer_id = 1 where id in (
       select id from job where batch_id = $1 and status = 'pending' order by item_index limit 1)`,
    [batchId],
  );
  expect(await shareConsumers()).toBe(0);
});

test('nothing is moved while one organization has work alone', async () => {
  await launch(greedy, 200);
  await launch(greedy, 20);
  await startQueued();
  for (const { id } of (await readLoad()).running) await dispatchBatch(id, 100);
  expect(await shareConsumers()).toBe(0);
});
