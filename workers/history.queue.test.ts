import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import type { Context } from '@/lib/domain/context';
import { readHistory } from '@/lib/domain/history/read-history';
import { batchEnded } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import { findMiscounted } from '@/lib/testing/history-oracle';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers({ WORKER_PROCESSES: '2', LOG_LEVEL: 'silent' });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

/** Kills every consumer that runs jobs of the batch now. @returns how many */
async function killConsumers(batchId: string): Promise<number> {
  const { rows } = await pool().query<{ pid: number }>(
    `select distinct c.pid from job j join consumer c on c.id = j.consumer_id
     where j.batch_id = $1 and j.status = 'active' and c.pid is not null and c.ended_at is null`,
    [batchId],
  );
  for (const { pid } of rows) process.kill(pid, 'SIGKILL');
  return rows.length;
}

const attempts = async (): Promise<number> => {
  const { rows } = await pool().query<{ n: number }>(
    `select count(*)::int as n from attempt where outcome in ('failed', 'crashed')`,
  );
  return rows[0]?.n ?? 0;
};

test('consumers are killed, and the history has each end once: what the rows and their attempts show', async () => {
  const items = Array.from({ length: 240 }, (_, i) => ({
    durationMs: 40,
    outcome: i % 12 === 0 ? 'fail' : i % 12 === 1 ? 'fail-once' : 'complete',
  }));
  const { result } = await launchBatch(context, {
    fields: {
      name: 'ends',
      type: 'diagnostic',
      options: { maxAttempts: 2, concurrency: 8, backoff: { type: 'fixed', delay: 0 } },
      start: 'queue',
    },
    items: asItems(items),
  });
  const { batchId } = result;
  await until('some have ended', async () => ((await jobRows(batchId)).completed ?? 0) > 40);
  await until('a consumer is killed', async () => (await killConsumers(batchId)) > 0);
  await batchEnded(context, batchId);
  const { retried } = await retryBatch(context, batchId, { only: 'failed' });
  await batchEnded(context, batchId);

  const rows = await jobRows(batchId);
  const { total, points } = await readHistory(context, { step: 'day' });
  expect(points.reduce((sum, point) => sum + point.failed, 0)).toBe(total.failed);
  expect(total.completed).toBe(rows.completed);
  expect(total.failed).toBe(retried + (rows.failed ?? 0));
  // Each attempt that failed or crashed ended its run, or the job ran again.
  expect(total.failed + total.retried).toBe((await attempts()) + retried);
  expect(total.workers).toBeGreaterThan(0);
  expect(total.durationMs.p50).toBeGreaterThan(0);
  expect(await findMiscounted()).toEqual([]);
  await until('the sweep has added up every delta', async () => {
    const { rowCount } = await pool().query('select 1 from history_delta limit 1');
    return rowCount === 0;
  });
  expect(await findMiscounted()).toEqual([]);
});
