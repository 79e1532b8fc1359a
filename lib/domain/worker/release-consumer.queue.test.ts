import { beforeEach, describe, expect, test, vi } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { dispatchBatch } from '@/lib/domain/batch/dispatch-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { findMissing, listTaken } from '@/lib/queue/inspect';
import { queueClasses, queueOf } from '@/lib/queue/queues';
import { createContext, jobRows, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { until } from '@/lib/testing/until';
import { findDeadConsumers, holdLivenessLock } from './liveness-lock';
import { findLostConsumers, registerConsumer, registerNode } from './nodes';
import { redeliverUnclaimed } from './redeliver';
import { releaseConsumer, requeueLostClaims } from './release-consumer';
import { redeliverLost } from './sweep';

let context: Context;
let consumer: number;
let batchId: string;
let ids: string[];

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  consumer = await registerConsumer(await registerNode('test', 1));
  const { result } = await launchBatch(context, {
    fields: { name: 'held', type: 'diagnostic', start: 'now' },
    items: asItems([{}, {}, {}]),
  });
  batchId = result.batchId;
  await dispatchBatch(batchId, 10);
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
    batchId,
  ]);
  ids = rows.map((r) => r.id);
});

const claim = (quarantine = false) =>
  claimJobs(
    { consumerId: consumer, quarantine },
    ids.map((id) => ({ id, redelivered: false })),
  );

test('rows of a crashed consumer are put into quarantine once', async () => {
  expect(await claim()).toHaveLength(3);
  const released = await releaseConsumer(consumer, 'crashed', 'SIGKILL');
  expect(released.requeued).toHaveLength(3);
  expect((await releaseConsumer(consumer, 'crashed', 'SIGKILL')).requeued).toHaveLength(0);
  expect(await claim(false)).toHaveLength(0);
  expect(await claim(true)).toHaveLength(3);
});

test('a job that kills its second process fails and is counted once', async () => {
  await claim();
  await releaseConsumer(consumer, 'crashed', 'SIGKILL');
  const [first] = await claim(true);
  const { failed, requeued } = await releaseConsumer(consumer, 'crashed', 'SIGKILL');
  expect(failed).toHaveLength(3);
  expect(requeued).toHaveLength(0);
  const late = { id: ids[0] ?? '', batchId, attempt: first?.attempt ?? 0, kind: 'completed' as const, result: null };
  expect((await recordOutcomes([late])).changed).toHaveLength(0);
  expect(await jobRows(batchId)).toEqual({ failed: 3 });
  await expectConsistent();
});

test('a job that left the quarantine and kills another process fails', async () => {
  await claim();
  await releaseConsumer(consumer, 'crashed', 'SIGKILL');
  const suspects = await claim(true);
  // A deferred job leaves the quarantine.
  await recordOutcomes(
    suspects.map(({ id, attempt }) => ({ id, batchId, attempt, kind: 'defer', error: { message: 'elsewhere' } })),
  );
  expect(await claim(false)).toHaveLength(3);
  const { failed, requeued } = await releaseConsumer(consumer, 'crashed', 'SIGKILL');
  expect([failed.length, requeued.length]).toEqual([3, 0]);
  expect(await jobRows(batchId)).toEqual({ failed: 3 });
});

test('rows of a stopped consumer are requeued without quarantine', async () => {
  await claim();
  expect((await releaseConsumer(consumer, 'stopped', 'SIGTERM')).requeued).toHaveLength(3);
  expect(await claim(false)).toHaveLength(3);
});

test('no row starts again when a cancel is acknowledged while rows are requeued', async () => {
  await claim();
  const holder = await pool().connect();
  await holder.query('begin');
  await holder.query('select 1 from job where id = $1 for update', [ids[0]]);
  const released = releaseConsumer(consumer, 'stopped', 'SIGTERM');
  await until('the release waits for the row', async () => {
    const { rows } = await pool().query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
  await cancelBatch(context, batchId);
  await holder.query('commit');
  holder.release();
  await released;
  expect(await claim()).toHaveLength(0);
  expect(await jobRows(batchId)).toEqual({ cancelled: 3 });
  await expectConsistent();
});

test('rows that a live consumer does not know are requeued, and those that it holds stay', async () => {
  await claim();
  await pool().query(`update job set started_at = now() - interval '1 minute' where batch_id = $1`, [batchId]);
  const { requeued } = await requeueLostClaims(consumer, ids.slice(0, 2));
  expect(requeued.map((r) => r.id)).toEqual(ids.slice(2));
});

test('a recent claim is not treated as lost', async () => {
  await claim();
  expect((await requeueLostClaims(consumer, [])).requeued).toHaveLength(0);
});

test('rows that a dead consumer received and did not claim are delivered again', async () => {
  const { Worker } = queueClasses();
  const never = new Worker('diagnostic', () => new Promise(() => undefined), { concurrency: 100 });
  never.on('error', () => undefined);
  await until('all are taken', async () => {
    const taken = new Set(await listTaken('diagnostic'));
    return ids.every((id) => taken.has(id));
  });
  const [first] = ids;
  await claimJobs({ consumerId: consumer, quarantine: false }, [{ id: first ?? '', redelivered: false }]);
  expect(await redeliverUnclaimed()).toBe(2);
  await never.close(true);
});

test('consumers of a silent machine are found', async () => {
  expect(await findLostConsumers()).not.toContain(consumer);
  await pool().query(`update node set last_seen_at = now() - interval '1 hour'`);
  expect(await findLostConsumers()).toContain(consumer);
});

test('a killed process is found by its released lock, and a silent one keeps its lock', async () => {
  const silent = (seconds: number) =>
    pool().query(`update node set last_seen_at = now() - make_interval(secs => $1)`, [seconds]);
  const guarded = async () => {
    const { rows } = await pool().query<{ at: Date | null }>('select guarded_at as at from consumer where id = $1', [
      consumer,
    ]);
    return rows[0]?.at?.getTime();
  };
  const releaseLock = holdLivenessLock(consumer);
  const first = await until('it has its lock', guarded);
  await silent(10);
  expect(await findDeadConsumers()).not.toContain(consumer);
  // Only its connection is closed while its process lives: it takes the lock again.
  const cut = () =>
    pool().query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'batchyard guard' and datname = current_database()`,
    );
  await cut();
  await until('it has taken the lock again', async () => ((await guarded()) ?? 0) > first);
  expect(await findDeadConsumers()).not.toContain(consumer);
  await releaseLock();
  await until('the lock is gone', async () => (await findDeadConsumers()).includes(consumer));
  // A live supervisor reports itself how its consumer ended.
  await silent(1);
  expect(await findDeadConsumers()).not.toContain(consumer);
  // A restart of Postgres releases all locks, also those of live consumers.
  await silent(10);
  await pool().query(`update consumer set guarded_at = '2020-01-01' where id = $1`, [consumer]);
  expect(await findDeadConsumers()).not.toContain(consumer);
});

test('rows that were enqueued and are missing from the queue are delivered again', async () => {
  await queueOf('diagnostic').obliterate({ force: true });
  await pool().query(`update batch set rate_at = now() - interval '1 minute' where id = $1`, [batchId]);
  expect(await redeliverLost()).toBe(3);
  const { rows } = await pool().query<{ id: string; delivery: number }>(
    'select id, delivery from job where batch_id = $1',
    [batchId],
  );
  expect(await findMissing('diagnostic', rows)).toEqual([]);
  expect(await redeliverLost()).toBe(0);
});

describe("a clock that differs from the database's", () => {
  const queued = async (id: string) => {
    const job = await queueOf('diagnostic').getJob(id);
    const { rows } = await pool().query<{ now: number; due: number | null; status: string }>(
      `select extract(epoch from now())::float8 * 1000 as now, extract(epoch from run_at)::float8 * 1000 as due, status
       from job where id = $1`,
      [id],
    );
    return { ...rows[0], queueDue: job?.opts.delay ? job.timestamp + job.opts.delay : undefined };
  };

  test.each([10, -10])('does not change a delay (%i min)', async (minutes) => {
    const { rows } = await pool().query<{ now: Date }>('select now()');
    const now = rows[0]?.now.getTime() ?? 0;
    vi.useFakeTimers({ toFake: ['Date'], now: now + minutes * 60_000 });
    try {
      const data = { type: 'diagnostic', data: {} };
      const later = await createJob(context, { ...data, delayMs: 60_000 });
      const atTime = await createJob(context, { ...data, runAt: new Date(now + 60_000).toISOString() });
      const past = await createJob(context, { ...data, runAt: new Date(now - 1000).toISOString() });
      for (const { job } of [later, atTime]) {
        const seen = await queued(job.id);
        expect(seen.status).toBe('delayed');
        expect(seen.due).toBeGreaterThanOrEqual(now + 60_000);
        expect(seen.due).toBeLessThanOrEqual((seen.now ?? 0) + 60_000);
        // The queue has the same due time as the row.
        expect(Math.abs((seen.queueDue ?? 0) - (seen.due ?? 0))).toBeLessThan(1000);
      }
      expect(await queued(past.job.id)).toMatchObject({ status: 'pending', queueDue: undefined });
    } finally {
      vi.useRealTimers();
    }
  });

  test('is repaired when a queue delays a delivery too long', async () => {
    const { job } = await createJob(context, { type: 'diagnostic', data: {}, delayMs: 600_000 });
    await redeliverLost();
    expect(await queueOf('diagnostic').getJobState(`${job.id}.1`)).toBe('unknown');
    await pool().query(`update job set run_at = now() - interval '4 seconds' where id = $1`, [job.id]);
    await redeliverLost();
    expect(['waiting', 'prioritized']).toContain(await queueOf('diagnostic').getJobState(`${job.id}.1`));
  });
});
