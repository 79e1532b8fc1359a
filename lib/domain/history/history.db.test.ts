import { beforeEach, expect, test } from 'vitest';
import type { HistoryQuery } from '@/lib/contracts/history';
import type { HistoryStep } from '@/lib/contracts/history-steps';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { retryBatch } from '@/lib/domain/batch/retry-batch';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { retryJob } from '@/lib/domain/job/retry-job';
import { contentsOfOrganization } from '@/lib/domain/privacy/contents-of-organization';
import { registerConsumer, registerNode } from '@/lib/domain/worker/nodes';
import { releaseConsumer } from '@/lib/domain/worker/release-consumer';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { launchItems, runBatch } from '@/lib/testing/run-batch';
import { addUpHistory } from './add-up-history';
import { expireHistory } from './expire-history';
import { bucketOf, GROWTH } from './histogram';
import { measureDepth } from './measure-depth';
import { readHistory } from './read-history';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

const totals = async (query: Partial<HistoryQuery> = {}) => {
  const { started, completed, failed, cancelled, retried } = (await readHistory(context, { step: 'minute', ...query }))
    .total;
  return { started, completed, failed, cancelled, retried };
};

const none = { started: 0, completed: 0, failed: 0, cancelled: 0, retried: 0 };

/** The same totals from deltas alone, and from sums of each step alone. */
async function expectTotals(wanted: typeof none): Promise<void> {
  expect(await totals()).toEqual(wanted);
  await addUpHistory();
  for (const step of ['minute', 'hour', 'day'] as const) expect(await totals({ step })).toEqual(wanted);
  expect(await totals({ type: 'diagnostic' })).toEqual(wanted);
  expect(await totals({ type: 'bulk-operation' })).toEqual(none);
}

const claim = async (ids: string[], consumerId = 1) =>
  claimJobs(
    { consumerId, quarantine: false },
    ids.map((id) => ({ id, redelivered: false })),
  );

test('each outcome counts in its transaction, and again when a job is retried', async () => {
  const { result } = await launchItems(context, 6, { options: { maxAttempts: 2 } });
  await runBatch(result.batchId, (i) => (i < 2 ? 'failed' : 'completed'));
  expect(await totals()).toEqual({ ...none, started: 6, completed: 4, failed: 2 });
  await retryBatch(context, result.batchId, { only: 'failed' });
  await runBatch(result.batchId, () => 'failed');
  await expectTotals({ ...none, started: 8, completed: 4, failed: 4, retried: 2 });
});

test('an attempt after which the job runs again is a retry, not a failure; a stale outcome is nothing', async () => {
  const { result } = await launchItems(context, 1);
  let attempts = 0;
  await runBatch(result.batchId, () => (++attempts === 1 ? 'retry' : 'completed'));
  const { rows } = await pool().query<{ id: string }>('select id from job');
  const again = await recordOutcomes([{ id: rows[0]?.id ?? '', batchId: result.batchId, attempt: 1, kind: 'failed' }]);
  expect(again.changed).toEqual([]);
  await expectTotals({ ...none, started: 2, completed: 1, retried: 1 });
});

test('what is cancelled before it starts counts as cancelled, a whole batch in one delta', async () => {
  const { result } = await launchItems(context, 40);
  await cancelBatch(context, result.batchId, {});
  const { rows } = await pool().query('select cancelled from history_delta');
  expect(rows).toEqual([{ cancelled: 40 }]);
  const { job } = await createJob(context, { type: 'diagnostic', data: {}, delayMs: 60_000 });
  await cancelJob(context, job.id);
  await retryJob(context, job.id);
  await cancelJob(context, job.id);
  await expectTotals({ ...none, cancelled: 42, retried: 1 });
});

test('a crash is a retry at first; the second one is a failure', async () => {
  const consumer = await registerConsumer(await registerNode('test', 1));
  const { job } = await createJob(context, { type: 'diagnostic', data: {} });
  await claim([job.id], consumer);
  // A job that still runs has started.
  expect(await totals()).toEqual({ ...none, started: 1 });
  await releaseConsumer(consumer, 'crashed', 'SIGKILL');
  await expectTotals({ ...none, started: 1, retried: 1 });
  const second = await registerConsumer(await registerNode('test', 1));
  await claimJobs({ consumerId: second, quarantine: true }, [{ id: job.id, redelivered: false }]);
  await releaseConsumer(second, 'crashed', 'SIGKILL');
  await expectTotals({ ...none, started: 2, retried: 1, failed: 1 });
});

test('deltas are added once, whoever adds them at the same moment', async () => {
  for (let i = 0; i < 12; i += 1) {
    const { job } = await createJob(context, { type: 'diagnostic', data: {} });
    const [claimed] = await claim([job.id]);
    await recordOutcomes([{ id: job.id, batchId: null, attempt: claimed?.attempt ?? 0, kind: 'completed' }]);
  }
  const added = await Promise.all([addUpHistory(), addUpHistory(), addUpHistory()]);
  expect(added.reduce((sum, n) => sum + n, 0)).toBe(12);
  await expectTotals({ ...none, started: 12, completed: 12 });
});

test('the wait begins when the job was due, and the duration is that of the last attempt', async () => {
  const { job } = await createJob(context, { type: 'diagnostic', data: {} });
  await pool().query(`update job set created_at = now() - interval '1 hour', run_at = now() - interval '10 seconds'`);
  const [claimed] = await claim([job.id]);
  await pool().query(`update job set started_at = started_at - interval '4 seconds'`);
  expect((await readHistory(context, { step: 'hour' })).total.durationMs).toEqual({ p50: null, p95: null });
  await recordOutcomes([{ id: job.id, batchId: null, attempt: claimed?.attempt ?? 0, kind: 'completed' }]);
  const { durationMs, waitedMs } = (await readHistory(context, { step: 'hour' })).total;
  for (const [found, ms] of [
    [durationMs.p50, 4000],
    [waitedMs.p95, 6000],
  ]) {
    // The statements of this test take time too.
    expect(found).toBeGreaterThan((ms ?? 0) * 0.95);
    expect(found).toBeLessThan((ms ?? 0) * 1.5);
  }
});

test('the buckets of the database are those of the quantiles', async () => {
  const values = [-5, 0, 1, 2, 9, 10, 11, 999, 1000, 60_000, 86_400_000, 1e12];
  const { rows } = await pool().query<{ ms: number; bucket: number }>(
    sql`select ms, ${bucketOf(sql`make_interval(secs => ms / 1000)`)} as bucket from unnest(${values}::float8[]) as v (ms)`,
  );
  for (const { ms, bucket } of rows) {
    if (ms < 1) expect(bucket).toBe(0);
    else if (ms >= 1e12) expect(bucket).toBe(255);
    else {
      expect(GROWTH ** bucket).toBeGreaterThan(ms * 0.999_999);
      expect(GROWTH ** (bucket - 1)).toBeLessThanOrEqual(ms * 1.000_001);
    }
  }
});

const plant = (minute: string, completed = 1) =>
  pool().query(
    `insert into history_delta (organization_id, type, started_minute, ended_minute, started, completed, waits, durations)
     values ($1, 'diagnostic', $2, $2, $3::int, $3::int, '{1}', '{1}')`,
    [context.organizationId, minute, completed],
  );

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const DAY = 86_400_000;

test('days and hours are those of UTC, whatever the zone of the connection and its changes of the clocks', async () => {
  const day = new Date(Date.now() - 40 * DAY).toISOString().slice(0, 10);
  await plant(`${day}T00:00:00Z`, 1);
  await plant(`${day}T23:59:00Z`, 2);
  const client = await pool().connect();
  try {
    await client.query(`set time zone 'Pacific/Auckland'`);
    await addUpHistory();
  } finally {
    await client.query('reset time zone');
    client.release();
  }
  const { points } = await readHistory(context, { step: 'day', from: `${day}T00:00:00Z`, to: ago(38 * DAY) });
  expect(points.map((point) => [point.at, point.completed]).slice(0, 2)).toEqual([
    [`${day}T00:00:00.000Z`, 3],
    [new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString(), 0],
  ]);
});

test('minutes are kept for 2 hours, hours for 7 days, days for 400 days', async () => {
  const ages = [1, 3, 24 * 6, 24 * 8, 24 * 399, 24 * 402].map((hours) => hours * 3_600_000);
  for (const age of ages) await plant(ago(age).replace(/:\d\d\.\d+Z/, ':00Z'));
  await addUpHistory();
  await expireHistory();
  const left = async (step: HistoryStep) => {
    const { rows } = await pool().query('select 1 from history where step = $1 and type = $2', [step, 'diagnostic']);
    return rows.length;
  };
  expect([await left('minute'), await left('hour')]).toEqual([1, 3]);
  // The two newest may be of one day.
  expect([4, 5]).toContain(await left('day'));
});

test('gaps are zeros, and what is no longer kept has no point', async () => {
  const { points, from } = await readHistory(context, { step: 'minute', from: ago(5 * 3_600_000) });
  expect(points.length).toBeGreaterThanOrEqual(120);
  expect(points.length).toBeLessThanOrEqual(122);
  expect(points[0]?.at).toBe(from);
  const nothing = { p50: null, p95: null };
  expect(points[7]).toMatchObject({ ...none, durationMs: nothing, waitedMs: nothing, queued: 0, workers: 0 });
  const gaps = points.slice(1).map((point, i) => Date.parse(point.at) - Date.parse(points[i]?.at ?? ''));
  expect(new Set(gaps)).toEqual(new Set([60_000]));
});

test('a range that ends before it begins, or has too many points, is refused with its place', async () => {
  const refused = (query: Partial<HistoryQuery>) => readHistory(context, { step: 'minute', ...query });
  await expect(refused({ from: ago(0), to: ago(1000) })).rejects.toMatchObject({
    code: 'invalid-query',
    errors: [{ path: 'from' }],
  });
  await expect(refused({ from: ago(3 * DAY) })).rejects.toMatchObject({
    code: 'invalid-query',
    errors: [{ path: 'step' }],
  });
});

test('the highest number of waiting jobs is kept; drafts do not wait; other organizations see none of it', async () => {
  await launchItems(context, 7);
  await launchItems(context, 100, { start: 'manual' });
  const { job } = await createJob(context, { type: 'diagnostic', data: {}, delayMs: 60_000 });
  const queued = async (whose = context) =>
    (await readHistory(whose, { step: 'hour' })).points.map((point) => point.queued).at(-1);
  expect(await queued()).toBe(8);
  await measureDepth();
  await cancelJob(context, job.id);
  await measureDepth();
  expect(await queued()).toBe(8);
  expect(await queued(await createContext())).toBe(0);
});

test('an export of the organization has its history by step and type, and nothing of others', async () => {
  const finish = async (of: Context) => {
    const { result } = await launchItems(of, 3);
    await runBatch(result.batchId, (i) => (i === 0 ? 'failed' : 'completed'));
  };
  await finish(context);
  await finish(await createContext());
  await addUpHistory();
  const lines: unknown[] = [];
  for await (const { name, lines: found } of contentsOfOrganization(context.organizationId)) {
    if (name === 'history.jsonl') for await (const line of found) lines.push(JSON.parse(line));
  }
  const one = { type: 'diagnostic', started: 3, completed: 2, failed: 1 };
  expect(lines).toMatchObject([
    { step: 'day', ...one },
    { step: 'hour', ...one },
    { step: 'minute', ...one },
  ]);
});
