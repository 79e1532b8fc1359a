import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { pauseBatch, resumeBatch } from '@/lib/domain/batch/pause-batch';
import type { Context } from '@/lib/domain/context';
import { batchEnded } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { mostAtOnce } from '@/lib/testing/most-at-once';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

const CONCURRENCY = 4;
const start = () => startWorkers({ WORKER_PROCESSES: '2', MAX_ACTIVE_BATCHES: '4', LOG_LEVEL: 'silent' });

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await start();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

/** Launches a batch of short rows, and waits until some of them are prefetched and some have ended. */
async function launchShort(count: number): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: 'short', type: 'diagnostic', options: { concurrency: CONCURRENCY }, start: 'queue' },
    items: asItems(Array.from({ length: count }, () => ({ durationMs: 15 }))),
  });
  await until('rows are prefetched', async () => (await holders(result.batchId)).length > 0);
  return result.batchId;
}

/** The processes that have prefetched rows of the batch now. */
async function holders(batchId: string): Promise<number[]> {
  const { rows } = await pool().query<{ pid: number }>(
    `select distinct c.pid from job j join consumer c on c.id = j.consumer_id
     where j.batch_id = $1 and j.status = 'pending' and c.pid is not null`,
    [batchId],
  );
  return rows.map(({ pid }) => pid);
}

const startedAfter = async (batchId: string, time: Date): Promise<number> =>
  (await pool().query('select 1 from job where batch_id = $1 and started_at > $2', [batchId, time])).rowCount ?? 0;

const now = async (): Promise<Date> => {
  const { rows } = await pool().query<{ now: Date }>('select clock_timestamp() as now');
  return rows[0]?.now as Date;
};

/** Whether each row has run as often as was counted. */
async function attemptsOf(batchId: string): Promise<unknown> {
  const { rows } = await pool().query(
    'select attempts_made as made, max(crashes) as crashes, count(*)::int as rows from job where batch_id = $1 group by 1',
    [batchId],
  );
  return rows;
}

test('rows of a batch start in place of the one before, and no more run than its concurrency allows', async () => {
  // On a busy machine rows take longer than what counts as short: then another batch is tried.
  await until('many rows of a batch were prefetched', async () => {
    const batchId = await launchShort(300);
    expect(await batchEnded(context, batchId)).toMatchObject({ completed: 300 });
    expect(await mostAtOnce(batchId)).toBeLessThanOrEqual(CONCURRENCY);
    const { rows } = await pool().query('select prefetch_ended as rows from batch where id = $1', [batchId]);
    return rows[0]?.rows > 60;
  });
});

test('nothing that was prefetched starts after a pause or a cancel was acknowledged', async () => {
  const batchId = await launchShort(2000);
  await pauseBatch(context, batchId);
  const paused = await now();
  expect(await holders(batchId)).toEqual([]);
  await until('what ran has ended', async () => ((await jobRows(batchId)).active ?? 0) === 0);
  expect(await startedAfter(batchId, paused)).toBe(0);
  await resumeBatch(context, batchId);
  await until('rows are prefetched again', async () => (await holders(batchId)).length > 0);
  await cancelBatch(context, batchId);
  const cancelled = await now();
  await batchEnded(context, batchId);
  expect(await startedAfter(batchId, cancelled)).toBe(0);
});

test('a consumer that is killed loses none of the rows that it prefetched, and no crash of them is counted', async () => {
  const batchId = await launchShort(400);
  const [pid] = await holders(batchId);
  process.kill(pid as number, 'SIGKILL');
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'completed', completed: 400 });
  const { rows } = await pool().query<{ crashed: number }>(
    'select count(*) filter (where crashes > 0)::int as crashed from job where batch_id = $1',
    [batchId],
  );
  expect(rows[0]?.crashed).toBeLessThanOrEqual(CONCURRENCY);
});

test('what was prefetched at a shutdown waits again at once, without a counted attempt', async () => {
  const batchId = await launchShort(3000);
  expect(await workers.stop()).toBe(0);
  expect(await holders(batchId)).toEqual([]);
  const { completed = 0, pending = 0 } = await jobRows(batchId);
  expect(completed + pending).toBe(3000);
  await expectConsistent();
  await pool().query(`update batch set options = '{"concurrency":100}' where id = $1`, [batchId]);
  workers = await start();
  expect(await batchEnded(context, batchId)).toMatchObject({ completed: 3000 });
  expect(await attemptsOf(batchId)).toEqual([{ made: 1, crashes: 0, rows: 3000 }]);
});
