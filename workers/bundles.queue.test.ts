import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import type { JobType } from '@/lib/job-types/catalogue';
import { listTaken } from '@/lib/queue/inspect';
import { queueOf } from '@/lib/queue/queues';
import { closedGate } from '@/lib/testing/closed-gate';
import { batchEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

/** as in few-slots.ts */
const SLOTS = 4;

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers(
    { MAX_ACTIVE_BATCHES: '4', OUTBOUND_ALLOW: '127.0.0.1', LOG_LEVEL: 'silent' },
    { preload: 'few-slots' },
  );
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

/** Makes a batch whose rows are estimated as so short that they are bundled, whatever they are. */
async function launchBundled(items: unknown[], type: JobType = 'diagnostic'): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: {
      name: 'bundled',
      type,
      start: 'manual',
      options: { maxAttempts: 2, backoff: { type: 'fixed', delay: 30 } },
    },
    items: asItems(items),
  });
  return result.batchId;
}

async function go(batchId: string): Promise<void> {
  await pool().query(
    `update batch set status = 'in-progress', run = 1, started_at = now(), rate_at = now(), rate_per_second = 5000 where id = $1`,
    [batchId],
  );
  await dispatchBatch(batchId, SLOTS);
}

const rowIds = async (batchId: string): Promise<string[]> => {
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
    batchId,
  ]);
  return rows.map((row) => row.id);
};

/** Returns those of the rows that share a delivery with others. */
async function bundled(ids: string[], type: JobType = 'diagnostic'): Promise<number> {
  const jobs = await queueOf(type).getJobs(['prioritized', 'waiting', 'active'], 0, 1000);
  const together = new Set(jobs.flatMap((job) => job?.data?.jobIds ?? []));
  return ids.filter((id) => together.has(id)).length;
}

const finished = (batchId: string) => batchEnded(context, batchId);

const many = (count: number, item: unknown): unknown[] => Array.from({ length: count }, () => item);

test('every row of a bundle ends by its own outcome, whatever the other rows of the bundle do', async () => {
  // They take every slot, so that nothing of the batch runs before it was seen.
  const { result: before } = await launchBatch(context, {
    fields: { name: 'takes the slots', type: 'diagnostic', start: 'now' },
    items: asItems(many(SLOTS, { durationMs: 60_000 })),
  });
  await until('they run', async () => (await getBatch(context, before.batchId)).active === SLOTS);
  const outcomes = ['complete', 'fail', 'fail-once', 'complete'];
  const batchId = await launchBundled(
    Array.from({ length: 120 }, (_, i) => ({ outcome: outcomes[i % 4], durationMs: 20 })),
  );
  const ids = await rowIds(batchId);
  await go(batchId);
  await until('rows travel together', async () => (await bundled(ids)) > 40);
  const last = ids.at(-1) ?? '';
  await cancelJob(context, last);
  await cancelBatch(context, before.batchId, { force: true });
  expect(await finished(batchId)).toMatchObject({ status: 'partial', completed: 89, failed: 30, cancelled: 1 });

  const { rows } = await pool().query<{ id: string; outcome: string; attempts: number }>(
    `select id, outcome, attempts_made as attempts from job where batch_id = $1 order by item_index`,
    [batchId],
  );
  const expected = ids.map((id, i) =>
    id === last
      ? { id, outcome: 'cancelled', attempts: 0 }
      : { id, outcome: i % 4 === 1 ? 'failed' : 'completed', attempts: i % 4 === 1 || i % 4 === 2 ? 2 : 1 },
  );
  expect(rows).toEqual(expected);
});

test('a bundle keeps the concurrency of its job type, and a cancel reaches its rows that still wait', async () => {
  const [gate, through] = await Promise.all([closedGate(), closedGate()]);
  through.open();
  const batchId = await launchBundled([...many(12, through.item), ...many(108, gate.item)], 'bulk-operation');
  await go(batchId);
  const ids = await rowIds(batchId);
  await until('rows travel together', async () => (await bundled(ids, 'bulk-operation')) > 60);
  await until('the first have completed, and as many run as may', async () => {
    const { active, completed } = await getBatch(context, batchId);
    expect(active).toBeLessThanOrEqual(SLOTS);
    return completed === 12 && active === SLOTS;
  });
  // More rows were taken from the queue than run.
  expect((await listTaken('bulk-operation')).length).toBeGreaterThan(SLOTS);
  await cancelBatch(context, batchId);
  gate.open();
  expect(await finished(batchId)).toMatchObject({ status: 'cancelled', completed: 12 + SLOTS, cancelled: 108 - SLOTS });
  const { rows } = await pool().query(
    `select 1 from job where batch_id = $1 and outcome = 'cancelled' and attempt > 0`,
    [batchId],
  );
  expect(rows).toEqual([]);
});

test('no row is lost when a consumer dies with bundles', async () => {
  const gate = await closedGate();
  const batchId = await launchBundled(many(60, gate.item), 'bulk-operation');
  await go(batchId);
  const victim = await until('a consumer holds some of it', async () => {
    const { rows } = await pool().query<{ pid: number }>(
      `select c.pid from job j join consumer c on c.id = j.consumer_id
         where j.batch_id = $1 and j.status = 'active' and c.pid is not null and c.ended_at is null limit 1`,
      [batchId],
    );
    return rows[0]?.pid;
  });
  expect(await bundled(await listTaken('bulk-operation'), 'bulk-operation')).toBeGreaterThan(SLOTS);
  process.kill(victim, 'SIGKILL');
  gate.open();
  expect(await finished(batchId)).toMatchObject({ status: 'completed', completed: 60 });
  // Only the row that ran is a suspect, not the rows that waited in the same delivery.
  const { rows } = await pool().query(
    `select distinct a.job_id from attempt a join job j on j.id = a.job_id where j.batch_id = $1 and a.outcome = 'crashed'`,
    [batchId],
  );
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThanOrEqual(SLOTS);
});
