import { expect, test } from 'vitest';
import type { JobStatus } from '@/lib/contracts/status';
import { pool } from '@/lib/db/pool';
import { audit } from '@/lib/domain/audit';
import type { Context } from '@/lib/domain/context';
import { createContext, seedBatch } from '@/lib/testing/factories';
import { compareBatches } from './compare-batches';
import { listComparedItems } from './list-compared-items';

async function seeded(
  context: Context,
  statuses: JobStatus[],
  { names, ms = [], options = {} }: { names?: string[]; ms?: number[]; options?: object } = {},
) {
  const { batchId, jobIds } = await seedBatch(context, { statuses });
  await pool().query('update batch set options = $2 where id = $1', [batchId, JSON.stringify(options)]);
  await pool().query(
    `update job j set name = t.name, attempt = 1, started_at = j.finished_at - make_interval(secs => t.ms / 1000),
       error = case when j.status = 'failed' then '{"message":"too slow","code":"timeout"}'::json end
     from unnest($1::uuid[], $2::text[], $3::float8[]) as t(id, name, ms) where j.id = t.id`,
    [jobIds, names ?? jobIds.map(() => null), jobIds.map((_, i) => ms[i] ?? 100)],
  );
  return { batchId, jobIds };
}

test('items without names are matched by position, and every change is counted once', async () => {
  const context = await createContext();
  const { batchId: there } = await seeded(context, ['completed', 'failed', 'completed', 'cancelled', 'failed']);
  const { batchId: here } = await seeded(context, [
    'completed',
    'completed',
    'failed',
    'failed',
    'cancelled',
    'completed',
  ]);
  const comparison = await compareBatches(context, here, { with: there });
  expect(comparison.matchedBy).toBe('position');
  expect(comparison.changes).toEqual({
    same: 1,
    'newly-completed': 1,
    'newly-failed': 2,
    'otherwise-changed': 1,
    'only-here': 1,
    'only-there': 0,
  });
  expect(comparison.here.states).toEqual({ completed: 3, failed: 2, cancelled: 1, open: 0 });
  expect((await compareBatches(context, there, { with: here })).changes).toMatchObject({
    'only-there': 1,
    'only-here': 0,
  });
});

test('items with names of their own are matched by name, wherever they are', async () => {
  const context = await createContext();
  const there = await seeded(context, ['completed', 'failed', 'completed'], { names: ['a', 'b', 'c'] });
  const here = await seeded(context, ['failed', 'completed', 'completed'], { names: ['c', 'b', 'd'] });
  const query = { with: there.batchId };
  const comparison = await compareBatches(context, here.batchId, query);
  expect(comparison.matchedBy).toBe('name');
  expect(comparison.changes).toMatchObject({
    'newly-failed': 1,
    'newly-completed': 1,
    'only-here': 1,
    'only-there': 1,
  });
  const { items, nextCursor } = await listComparedItems(context, here.batchId, { ...query, limit: 50 });
  expect(nextCursor).toBeNull();
  expect(items.map(({ change, here: now, there: then }) => [change, now?.name, then?.name])).toEqual([
    ['newly-failed', 'c', 'c'],
    ['newly-completed', 'b', 'b'],
    ['only-here', 'd', undefined],
    ['only-there', undefined, 'a'],
  ]);
  expect(items[0]?.here).toEqual({
    jobId: here.jobIds[0],
    index: 0,
    name: 'c',
    state: 'failed',
    durationMs: 100,
    error: { message: 'too slow', code: 'timeout' },
  });
  const byPosition = await compareBatches(context, here.batchId, { ...query, match: 'position' });
  expect(byPosition).toMatchObject({ matchedBy: 'position', changes: { 'only-here': 0, 'only-there': 0 } });
});

test('names that are not unique, or hardly shared, do not match items', async () => {
  const context = await createContext();
  const twice = await seeded(context, ['completed', 'completed'], { names: ['a', 'a'] });
  const once = await seeded(context, ['completed', 'completed'], { names: ['a', 'b'] });
  const strange = await seeded(context, ['completed', 'completed'], { names: ['x', 'y'] });
  expect((await compareBatches(context, once.batchId, { with: twice.batchId })).matchedBy).toBe('position');
  expect((await compareBatches(context, once.batchId, { with: strange.batchId })).matchedBy).toBe('position');
});

test('a list of items has pages, filters, and those that only the other one has at its end', async () => {
  const context = await createContext();
  const { batchId: there } = await seeded(context, [
    'completed',
    'completed',
    'completed',
    'failed',
    'completed',
    'completed',
  ]);
  const { batchId: here } = await seeded(context, ['failed', 'completed', 'failed', 'completed']);
  const seen: (string | number | null | undefined)[][] = [];
  let cursor: string | null | undefined;
  do {
    const page = await listComparedItems(context, here, { with: there, limit: 2, ...(cursor ? { cursor } : {}) });
    seen.push(page.items.map((item) => `${item.change} ${item.here?.index ?? item.there?.index}`));
    cursor = page.nextCursor;
  } while (cursor);
  expect(seen).toEqual([
    ['newly-failed 0', 'same 1'],
    ['newly-failed 2', 'newly-completed 3'],
    ['only-there 4', 'only-there 5'],
  ]);
  const only = async (...change: ('newly-failed' | 'only-there' | 'newly-completed')[]) =>
    (await listComparedItems(context, here, { with: there, limit: 50, change })).items.length;
  expect([await only('newly-failed'), await only('only-there'), await only('newly-completed', 'only-there')]).toEqual([
    2, 2, 3,
  ]);
});

test('durations are compared by percentiles, total and steps', async () => {
  const context = await createContext();
  const ms = [10, 20, 30, 40, 1000];
  const there = await seeded(
    context,
    ms.map(() => 'completed'),
    { ms },
  );
  const here = await seeded(context, ['completed', 'failed', 'cancelled'], { ms: [100, 300, 50] });
  const comparison = await compareBatches(context, here.batchId, { with: there.batchId });
  expect(comparison.there.durations).toEqual({ items: 5, p50: 30, p95: 1000, totalMs: 1100 });
  expect(comparison.here.durations).toEqual({ items: 2, p50: 100, p95: 300, totalMs: 400 });
  const sum = (of: 'here' | 'there') => comparison.histogram.reduce((all, step) => all + step[of], 0);
  expect([sum('here'), sum('there')]).toEqual([2, 5]);
  const step = comparison.histogram.find(({ here: count }) => count > 0);
  expect(step?.fromMs).toBeLessThanOrEqual(100);
  expect(step?.toMs).toBeGreaterThan(100);
});

test('options that differ are named, defaults too, and later changes are listed', async () => {
  const context = await createContext();
  const there = await seeded(context, ['completed']);
  const here = await seeded(context, ['completed'], { options: { concurrency: 7 } });
  const change = { before: { options: { concurrency: 3 } }, after: { options: { concurrency: 7 } } };
  await audit(pool(), context, 'batch.update', { kind: 'batch', id: here.batchId }, change);
  const comparison = await compareBatches(context, here.batchId, { with: there.batchId });
  expect(comparison.options).toEqual([{ name: 'concurrency', here: 7, there: 0 }]);
  expect(comparison.here.optionChanges).toMatchObject([
    { by: 'Ana', before: { concurrency: 3 }, after: { concurrency: 7 } },
  ]);
  expect(comparison.there.optionChanges).toEqual([]);
});

test('two runs of a batch: what failed before a retry by hand and completed after it', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seeded(context, ['completed', 'completed', 'failed']);
  await pool().query('update job set attempt = 3 where id = $1', [jobIds[1]]);
  await pool().query('update job set attempt = 2 where id = $1', [jobIds[2]]);
  const tried = `insert into attempt (job_id, attempt, run, outcome, started_at, finished_at, error)
    values ($1, $2, $3, $4, now() - interval '2 s', now() - interval '1 s', '{"message":"first"}')`;
  await pool().query(tried, [jobIds[1], 1, 1, 'failed']);
  await pool().query(tried, [jobIds[1], 2, 1, 'crashed']);
  await pool().query(tried, [jobIds[2], 1, 1, 'failed']);
  await pool().query(tried, [jobIds[2], 2, null, 'failed']);
  const comparison = await compareBatches(context, batchId, { with: batchId });
  expect(comparison).toMatchObject({
    here: { run: null, runs: 2, states: { completed: 2, failed: 1 } },
    there: { run: 1, runs: 2, states: { completed: 1, failed: 2 }, elapsedMs: null },
    matchedBy: 'position',
    changes: { same: 2, 'newly-completed': 1, 'newly-failed': 0 },
  });
  const { items } = await listComparedItems(context, batchId, { with: batchId, change: ['newly-completed'], limit: 5 });
  expect(items).toMatchObject([
    {
      here: { jobId: jobIds[1], state: 'completed', error: null },
      there: { state: 'failed', durationMs: 1000, error: { message: 'first' } },
    },
  ]);
  const first = await compareBatches(context, batchId, { with: batchId, run: 1, withRun: 1 });
  expect(first.changes).toMatchObject({ same: 3 });
});

test('a batch of another organization is not found on either side', async () => {
  const [context, stranger] = [await createContext(), await createContext()];
  const { batchId: own } = await seeded(context, ['completed']);
  const { batchId: foreign } = await seeded(stranger, ['completed']);
  for (const [id, other] of [
    [own, foreign],
    [foreign, own],
    [own, 'nothing'],
  ] as const) {
    await expect(compareBatches(context, id, { with: other })).rejects.toMatchObject({ code: 'not-found' });
    await expect(listComparedItems(context, id, { with: other, limit: 5 })).rejects.toMatchObject({
      code: 'not-found',
    });
  }
});

test('a batch with more items than can be compared is refused', async () => {
  const context = await createContext();
  const { batchId } = await seeded(context, ['completed']);
  await pool().query('update batch set total = 1000001 where id = $1', [batchId]);
  await expect(compareBatches(context, batchId, { with: batchId })).rejects.toMatchObject({ code: 'limit-exceeded' });
});
