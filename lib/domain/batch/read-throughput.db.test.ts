import { expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { getBatch, getBatchStatus } from './get-batch';
import { listBatches } from './list-batches';
import { readThroughput } from './read-throughput';

const SPAN = `update batch set started_at = '2026-01-01T00:00:00Z', finished_at = '2026-01-01T00:01:00Z' where id = $1`;
const END = `update job set finished_at = '2026-01-01T00:00:00Z'::timestamptz + $2::float8 * interval '1 second'
             where id = any($1::uuid[])`;

test('finished items are counted in the interval of their end, with the failed ones', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, {
    statuses: ['completed', 'completed', 'failed', 'completed', 'pending'],
  });
  await pool().query(SPAN, [batchId]);
  await pool().query(END, [jobIds.slice(0, 3), 10.5]);
  await pool().query(END, [jobIds.slice(3, 4), 60]);
  const { from, stepMs, points } = await readThroughput(context, batchId);
  expect({ from, stepMs, length: points.length }).toEqual({
    from: '2026-01-01T00:00:00.000Z',
    stepMs: 1000,
    length: 60,
  });
  expect(points[10]).toEqual({ finished: 3, failed: 1 });
  // A child that finished exactly at the end counts in the last part.
  expect(points[59]).toEqual({ finished: 1, failed: 0 });
  expect(points.reduce((sum, point) => sum + point.finished, 0)).toBe(4);
});

test('many children are sampled, the total is estimated, and no failure is missed', async () => {
  const context = await createContext();
  const statuses = Array.from({ length: 10_000 }, (_, i) =>
    i === 4321 ? ('failed' as const) : ('completed' as const),
  );
  const { batchId, jobIds } = await seedBatch(context, { statuses });
  await pool().query(SPAN, [batchId]);
  await pool().query(END, [jobIds, 30]);
  const { points } = await readThroughput(context, batchId);
  expect(points[30]?.failed).toBe(1);
  expect(Math.abs((points[30]?.finished ?? 0) - 10_000)).toBeLessThan(3);
});

test('failures outside of the sample are ends too, so no interval has more failures than ends', async () => {
  const context = await createContext();
  // The sample is every third child: it contains none of these two.
  const failed = [4321, 4322];
  const statuses = Array.from({ length: 10_000 }, (_, i) =>
    failed.includes(i) ? ('failed' as const) : ('completed' as const),
  );
  const { batchId, jobIds } = await seedBatch(context, { statuses });
  await pool().query(SPAN, [batchId]);
  await pool().query(END, [jobIds, 30]);
  await pool().query(END, [failed.map((i) => jobIds[i]), 10.5]);
  const { points } = await readThroughput(context, batchId);
  expect(points[10]).toEqual({ finished: 2, failed: 2 });
  expect(points.reduce((sum, point) => sum + point.finished, 0)).toBe(10_000);
});

test('cancelled items are not part of any interval, progress or rate', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, {
    statuses: ['completed', 'failed', ...Array.from({ length: 18 }, () => 'cancelled' as const)],
  });
  await pool().query(SPAN, [batchId]);
  await pool().query(`update batch set status = 'cancelled', cancel_mode = 'graceful' where id = $1`, [batchId]);
  await pool().query(END, [jobIds, 20.5]);
  const { points } = await readThroughput(context, batchId);
  expect(points.filter((point) => point.finished > 0)).toEqual([{ finished: 2, failed: 1 }]);
  const { batches } = await listBatches(context, { limit: 10 });
  for (const batch of [await getBatch(context, batchId), ...batches]) {
    expect(batch).toMatchObject({ progress: 10, cancelled: 18, ratePerSecond: 0.03, etaSeconds: null });
  }
  expect(await getBatchStatus(context, batchId)).toMatchObject({ status: 'cancelled', progress: 10, total: 20 });
});

test('a batch that has not started has no curve', async () => {
  const context = await createContext();
  const { batchId } = await seedBatch(context, { statuses: ['pending'] });
  await pool().query('update batch set started_at = null where id = $1', [batchId]);
  expect(await readThroughput(context, batchId)).toEqual({ from: null, stepMs: 0, points: [] });
});
