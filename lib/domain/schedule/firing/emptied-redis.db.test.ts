import { afterAll, expect, it } from 'vitest';
import { startOwnRedis } from '@/lib/testing/services/redis';

// This file empties its own Redis. It starts before the imports, because they read REDIS_URL.
const redis = await startOwnRedis();
process.env.REDIS_URL = redis.url;

const { openRedis } = await import('@/lib/config/redis');
const { pool } = await import('@/lib/db/pool');
const { createContext } = await import('@/lib/testing/factories');
const { createHourly, firingsOf, makeDue } = await import('@/lib/testing/schedules');
const { dispatchBatch } = await import('@/lib/domain/batch/dispatch-batch');
const { redeliverLost } = await import('@/lib/domain/worker/sweep');
const { findMissing } = await import('@/lib/queue/inspect');
const { fireDue } = await import('./fire-due');
const { launchFirings } = await import('./launch-firing');
const context = await createContext();

afterAll(async () => {
  const [{ closeQueues }, { closeEvents }] = await Promise.all([
    import('@/lib/queue/queues'),
    import('@/lib/events/relay'),
  ]);
  await Promise.all([closeQueues(), closeEvents()]);
  await redis.stop();
});

async function emptyRedis(): Promise<void> {
  const client = openRedis();
  await client.connect();
  await client.flushall();
  client.disconnect();
}

const rowsOf = async () =>
  (await pool().query<{ id: string; delivery: number }>('select id, delivery from job order by id')).rows;

it('a Redis that is emptied before, between and after firings loses no due time and repeats none', async () => {
  const job = await createHourly(context, { overlap: 'allow' });
  const batch = await createHourly(context, {
    overlap: 'allow',
    launch: { batch: { name: 'night', type: 'diagnostic', items: [{}, {}] } },
  });
  for (let round = 0; round < 3; round += 1) {
    await emptyRedis();
    for (const id of [job, batch]) await makeDue(id, 3 - round);
    expect(await fireDue()).toBe(2);
    // Decided and not launched: nothing of the firing is in Redis.
    await emptyRedis();
    await launchFirings();
    await launchFirings();
    await emptyRedis();
    expect(await fireDue()).toBe(0);
    await launchFirings();
  }
  for (const id of [job, batch]) {
    const firings = await firingsOf(context, id);
    expect(firings.map(({ status }) => status)).toEqual(['launched', 'launched', 'launched']);
    expect(new Set(firings.map(({ dueAt }) => dueAt)).size).toBe(3);
    expect(new Set(firings.map(({ jobId, batchId }) => jobId ?? batchId)).size).toBe(3);
  }
  const rows = await rowsOf();
  expect(rows).toHaveLength(3 + 3 * 2);

  // Only what holds a slot is in the queue; all of that comes back.
  const { rows: running } = await pool().query<{ id: string }>(`select id from batch where status = 'in-progress'`);
  for (const { id } of running) await dispatchBatch(id, 100);
  await redeliverLost(0);
  const { rows: due } = await pool().query<{ id: string; delivery: number }>(
    `select j.id, j.delivery from job j left join batch b on b.id = j.batch_id where b.id is null or b.status = 'in-progress'`,
  );
  expect(due.length).toBeGreaterThan(3);
  expect(await findMissing('diagnostic', due)).toEqual([]);
  expect(await redeliverLost(0)).toBe(0);
  expect((await rowsOf()).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
});
