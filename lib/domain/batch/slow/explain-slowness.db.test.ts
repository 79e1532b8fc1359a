import { beforeEach, expect, test } from 'vitest';
import { firstIdAt, newId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createContext, seedBatch, truncateAll } from '@/lib/testing/factories';
import { explainSlowness } from './explain-slowness';

beforeEach(async () => {
  await truncateAll();
  await pool().query('truncate node, consumer');
});

const BEGIN = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(BEGIN + seconds * 1000);

interface Ran {
  /** seconds from the launch */
  from: number;
  until: number;
  /** attempts before the last one, in seconds from the launch */
  before?: [from: number, until: number, run?: number][];
}

/** A finished batch whose items ran at known times. Consumers with 500 places for the type lived all the time. */
async function constructed(
  context: Context,
  items: Ran[],
  { started = 0, until, options = {} }: { started?: number; until: number; options?: object },
): Promise<{ batchId: string; jobIds: string[] }> {
  const { batchId: seededId, jobIds } = await seedBatch(context, { statuses: items.map(() => 'completed') });
  // Its id is of the time of its launch.
  const batchId = firstIdAt(BEGIN).slice(0, 24) + newId().slice(24);
  await pool().query('update batch set id = $2 where id = $1', [seededId, batchId]);
  await pool().query('update job set batch_id = $2 where batch_id = $1', [seededId, batchId]);
  await pool().query(
    'update batch set created_at = $2, started_at = $3, finished_at = $4, options = $5, status = $6 where id = $1',
    [batchId, at(0), at(started), at(until), JSON.stringify(options), 'completed'],
  );
  await pool().query(
    `update job j set created_at = $2, started_at = t.s, finished_at = t.f, attempt = t.a
     from unnest($1::uuid[], $3::timestamptz[], $4::timestamptz[], $5::int[]) as t(id, s, f, a) where j.id = t.id`,
    [
      jobIds,
      at(0),
      items.map(({ from }) => at(from)),
      items.map((item) => at(item.until)),
      items.map(({ before = [] }) => before.length + 1),
    ],
  );
  for (const [i, { before = [] }] of items.entries()) {
    for (const [n, [from, end, run]] of before.entries()) {
      await pool().query(
        `insert into attempt (job_id, attempt, run, outcome, started_at, finished_at) values ($1, $2, $3, 'failed', $4, $5)`,
        [jobIds[i], n + 1, run ?? null, at(from), at(end)],
      );
    }
  }
  const { rows } = await pool().query<{ id: number }>(
    `insert into node (host, pid, started_at) values ('h', 1, $1) returning id`,
    [at(-10)],
  );
  await pool().query('insert into consumer (node_id, pid, started_at, ended_at) values ($1, 2, $2, $3)', [
    rows[0]?.id,
    at(-10),
    at(10_000),
  ]);
  return { batchId, jobIds };
}

/** Items of one second, `atOnce` at a time. */
const inTurns = (count: number, atOnce: number): Ran[] =>
  Array.from({ length: count }, (_, i) => ({ from: Math.floor(i / atOnce), until: Math.floor(i / atOnce) + 1 }));

const shareOf = async (context: Context, batchId: string) => {
  const slow = await explainSlowness(context, batchId);
  const sum = slow.shares.reduce((all, { ms }) => all + ms, 0);
  expect(sum).toBeCloseTo(slow.elapsedMs, 3);
  return {
    slow,
    share: Object.fromEntries(slow.shares.map(({ cause, share }) => [cause, Math.round(share * 100) / 100])),
  };
};

const written = async (context: Context, batchId: string, action: string, seconds: number, after: object = {}) =>
  pool().query(
    `insert into audit (organization_id, at, actor_kind, actor, action, target_kind, target_id, after)
     values ($1, $2, 'user', 'Ana', $3, 'batch', $4, $5)`,
    [context.organizationId, at(seconds), action, batchId, JSON.stringify(after)],
  );

test('a batch that its concurrency holds', async () => {
  const context = await createContext();
  const { batchId } = await constructed(context, inTurns(100, 5), { until: 20, options: { concurrency: 5 } });
  const { slow, share } = await shareOf(context, batchId);
  expect(slow.elapsedMs).toBeCloseTo(20_000);
  expect(share.concurrency).toBeGreaterThan(0.75);
  expect((share.concurrency ?? 0) + (share.work ?? 0)).toBeCloseTo(1);
  // Twenty at once do a second of work for each of 100 items in 5 s.
  expect(slow.limiter).toMatchObject({ cause: 'concurrency', limit: 5, suggestion: { value: 20, ms: 5000 } });
  expect(slow.work).toEqual({ meanMs: 1000, totalMs: 100_000, attempts: 100, failedAttempts: 0, failedMs: 0 });
  expect(slow.estimated).toEqual([]);
});

test('a batch that its rate holds', async () => {
  const context = await createContext();
  const items = Array.from({ length: 30 }, (_, i) => ({ from: i, until: i + 0.1 }));
  const { batchId } = await constructed(context, items, {
    until: 29.1,
    options: { ratePerMinute: 60, concurrency: 10 },
  });
  const { slow, share } = await shareOf(context, batchId);
  expect(share.rate).toBeGreaterThan(0.8);
  expect(slow.limiter).toMatchObject({ cause: 'rate', limit: 60, suggestion: { option: 'ratePerMinute', value: 240 } });
});

test('a batch whose last item waits for its backoff', async () => {
  const context = await createContext();
  const items: Ran[] = [
    ...inTurns(10, 10),
    {
      from: 50,
      until: 51,
      before: [
        [0, 1],
        [10, 11],
      ],
    },
  ];
  const { batchId } = await constructed(context, items, { until: 51 });
  const { slow, share } = await shareOf(context, batchId);
  // Of the last 50 s, 48 are between its attempts.
  expect(share.retries).toBeCloseTo(0.94, 1);
  expect(slow.limiter?.cause).toBe('retries');
  expect(slow.work).toMatchObject({ attempts: 13, failedAttempts: 2, failedMs: 2000 });
});

test('a batch that waits for the slot which another organization has', async () => {
  const context = await createContext();
  const { batchId } = await constructed(context, [{ from: 40, until: 41 }], { started: 40, until: 41 });
  await written(context, batchId, 'batch.launch', 0, { start: 'queue' });
  const other = await createContext();
  await constructed(other, inTurns(40, 1), { until: 40 });
  const { slow, share } = await shareOf(context, batchId);
  expect(share).toEqual({ others: 0.98, work: 0.02 });
  expect(slow.limiter?.cause).toBe('others');
  expect(slow.others).toBe(1);
});

test('a batch whose workers another batch keeps busy', async () => {
  const context = await createContext();
  const { batchId } = await constructed(
    context,
    [...inTurns(1, 1), ...inTurns(20, 1).map((item) => ({ from: item.from + 30, until: item.until + 30 }))],
    {
      until: 50,
      options: { concurrency: 1 },
    },
  );
  const other = await createContext();
  await constructed(other, inTurns(29 * 50, 50), { started: 0, until: 29 });
  const { share } = await shareOf(context, batchId);
  // From 1 s to 29 s nothing of it ran, although nothing of its own forbade it.
  expect(share.others).toBeGreaterThan(0.5);
});

test('a pause is seen from the record, and a start by hand', async () => {
  const context = await createContext();
  const { batchId } = await constructed(
    context,
    [
      { from: 10, until: 11 },
      { from: 31, until: 32 },
    ],
    { started: 10, until: 32 },
  );
  await written(context, batchId, 'batch.launch', 0, { start: 'manual' });
  await written(context, batchId, 'batch.start', 10);
  await written(context, batchId, 'batch.pause', 11);
  await written(context, batchId, 'batch.resume', 31);
  const { share } = await shareOf(context, batchId);
  expect(share.start).toBeCloseTo(10 / 32, 1);
  expect(share.paused).toBeCloseTo(20 / 32, 1);
});

test('a pause of everything is a pause of the batch', async () => {
  const context = await createContext();
  const { batchId } = await constructed(
    context,
    [
      { from: 0, until: 1 },
      { from: 31, until: 32 },
    ],
    { until: 32 },
  );
  await written(context, context.organizationId, 'organization.pause', 1);
  await written(context, context.organizationId, 'organization.resume', 31);
  const { share } = await shareOf(context, batchId);
  expect(share.paused).toBeCloseTo(30 / 32, 1);
  const other = await createContext();
  await written(other, other.organizationId, 'organization.pause', 0);
  expect((await shareOf(context, batchId)).share.paused).toBe(share.paused);
});

test('the time between an end and a retry by hand is no part of it', async () => {
  const context = await createContext();
  const items: Ran[] = [
    { from: 0, until: 1 },
    { from: 1001, until: 1002, before: [[0, 1, 1]] },
  ];
  const { batchId } = await constructed(context, items, { until: 1002 });
  await written(context, batchId, 'batch.retry', 1000);
  const { slow, share } = await shareOf(context, batchId);
  // One second each, and one second from the retry to the start.
  expect(slow.elapsedMs / 1000).toBeGreaterThan(2.9);
  expect(slow.elapsedMs / 1000).toBeLessThan(30);
  expect(share.retries).toBeUndefined();
});

test('the slowest items are listed first, and an operator of another organization sees nothing', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await constructed(
    context,
    [
      { from: 0, until: 1 },
      { from: 0, until: 9 },
      { from: 0, until: 4 },
    ],
    { until: 9 },
  );
  const slow = await explainSlowness(context, batchId);
  expect(slow.slowest.map(({ jobId, durationMs }) => [jobId, durationMs])).toEqual([
    [jobIds[1], 9000],
    [jobIds[2], 4000],
    [jobIds[0], 1000],
  ]);
  await expect(explainSlowness(await createContext(), batchId)).rejects.toMatchObject({ code: 'not-found' });
});

test('a batch that runs is explained up to now', async () => {
  const context = await createContext();
  const { batchId, jobIds } = await seedBatch(context, { statuses: ['completed', 'active', 'pending', 'pending'] });
  await pool().query(
    `update batch set created_at = now() - interval '60 s', started_at = now() - interval '60 s', options = '{"concurrency":1}' where id = $1`,
    [batchId],
  );
  await pool().query(
    `update job set created_at = now() - interval '60 s', started_at = now() - interval '60 s', finished_at = now() - interval '30 s', attempt = 1 where id = $1`,
    [jobIds[0]],
  );
  await pool().query(
    `update job set created_at = now() - interval '60 s', started_at = now() - interval '30 s', attempt = 1 where id = $1`,
    [jobIds[1]],
  );
  await pool().query(`update job set created_at = now() - interval '60 s' where id = any($1::uuid[])`, [
    jobIds.slice(2),
  ]);
  const { slow, share } = await shareOf(context, batchId);
  expect(slow.isRunning).toBe(true);
  expect(share.concurrency).toBeCloseTo((30 * 0.75 + 30 * (2 / 3)) / 60, 1);
  expect(slow.limiter?.suggestion).toMatchObject({ option: 'concurrency', value: 3 });
  expect(slow.slowest).toHaveLength(2);
});
