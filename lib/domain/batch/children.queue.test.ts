import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { transaction } from '@/lib/db/transaction';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { claimJobs } from '@/lib/domain/job/claim-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { type Outcome, recordOutcomes } from '@/lib/domain/job/record-outcomes';
import { retryJob } from '@/lib/domain/job/retry-job';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { until } from '@/lib/testing/until';
import { cancelBatch } from './cancel-batch';
import { dispatchBatch } from './dispatch-batch';
import { getBatch } from './get-batch';
import { type LaunchInput, launchBatch } from './launch-batch';
import { registerChild } from './register-child';
import { retryBatch } from './retry-batch';
import { sealBatch } from './seal-batch';
import { startQueued } from './start-queued';

// Children that are added one by one: created in a batch, or created earlier and registered later.
let context: Context;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
});

async function parent(fields: Partial<LaunchInput['fields']> = {}): Promise<string> {
  const { result } = await launchBatch(context, {
    fields: { name: 'parent', type: 'diagnostic', start: 'queue', sealed: false, ...fields },
    items: asItems([]),
  });
  return result.batchId;
}

const child = async (parentJobId: string, change: object = {}) =>
  (await createJob(context, { type: 'diagnostic', data: {}, parentJobId, ...change })).job.id;
const single = async () => (await createJob(context, { type: 'diagnostic', data: {} })).job.id;

async function claim(id: string): Promise<number> {
  const [claimed] = await claimJobs({ consumerId: 1, quarantine: false }, [{ id, redelivered: false }]);
  return claimed?.attempt ?? 0;
}

async function end(id: string, kind: Outcome['kind'] = 'completed', attempt?: number): Promise<void> {
  // Like a consumer that claimed the job before it joined the batch: the outcome has no batch id.
  await recordOutcomes([
    { id, batchId: null, attempt: attempt ?? (await claim(id)), kind, result: 1, error: { message: 'on purpose' } },
  ]);
}

describe('a child that is created in its batch', () => {
  test('shares its correlation id, follows the item order and counts', async () => {
    const batchId = await parent({ correlationId: 'trace-7', announcedItems: 2 });
    const first = await child(batchId, { priority: 9, maxAttempts: 4 });
    const second = await child(batchId);
    expect(await getJob(context, first)).toMatchObject({
      parentJobId: batchId,
      correlationId: 'trace-7',
      index: 0,
      priority: 9,
      maxAttempts: 4,
    });
    await startQueued();
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 2, waiting: 0 });
    await end(first);
    await end(second, 'failed');
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'partial', completed: 1, failed: 1, total: 2 });
    await expectConsistent();
  });

  test('is created once for one idempotency key, and not in a sealed or foreign batch', async () => {
    const batchId = await parent();
    const body = { type: 'diagnostic', data: {}, parentJobId: batchId };
    const both = await Promise.all([1, 2].map(() => createJob(context, body, { idempotencyKey: 'same' })));
    expect(new Set(both.map((b) => b.job.id)).size).toBe(1);
    expect(await getBatch(context, batchId)).toMatchObject({ total: 1 });
    await sealBatch(context, batchId);
    await expect(child(batchId)).rejects.toMatchObject({ code: 'batch-sealed' });
    const stranger = await createContext();
    await expect(createJob(stranger, body)).rejects.toMatchObject({ code: 'not-found' });
    await expectConsistent();
  });

  test('may have another type than its batch, and goes to the queue of its type', async () => {
    const batchId = await parent();
    await child(batchId);
    await child(batchId, { type: 'document-processing', data: { text: 'a' } });
    await startQueued();
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 2 });
    const { findMissing } = await import('@/lib/queue/inspect');
    const { rows } = await pool().query<{ id: string; type: 'diagnostic'; delivery: number }>(
      'select id, type, delivery from job where batch_id = $1',
      [batchId],
    );
    for (const row of rows) expect(await findMissing(row.type, [row])).toEqual([]);
  });

  test('waits for its own start time and does not block other children', async () => {
    const batchId = await parent({ options: { concurrency: 1 } });
    const later = await child(batchId, { delayMs: 60_000 });
    const now = await child(batchId);
    await startQueued();
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 1, inFlight: 1 });
    await end(now);
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 0, inFlight: 0 });
    expect(await getJob(context, later)).toMatchObject({ status: 'delayed', runAt: expect.any(String) });
    await pool().query(`update job set run_at = now() - interval '1 second' where id = $1`, [later]);
    await pool().query(`update batch_dispatch set next_due = now() - interval '1 second' where batch_id = $1`, [
      batchId,
    ]);
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 1, inFlight: 1 });
    await end(later);
    expect(await sealBatch(context, batchId)).toMatchObject({ status: 'completed', total: 2 });
    await expectConsistent();
  });

  test('can be cancelled and retried before its start time', async () => {
    const batchId = await parent({ options: { concurrency: 2 } });
    const ids = [await child(batchId, { delayMs: 60_000 }), await child(batchId, { delayMs: 60_000 })];
    await startQueued();
    await cancelJob(context, ids[0] ?? '');
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 0, inFlight: 0, waiting: 0 });
    await retryJob(context, ids[0] ?? '');
    expect(await dispatchBatch(batchId, 10)).toMatchObject({ count: 1, inFlight: 1 });
    await cancelBatch(context, batchId);
    await retryBatch(context, batchId, { only: 'all' });
    for (const id of ids) await end(id);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'completed', completed: 2, total: 2 });
    await expectConsistent();
  });
});

describe('a job that is registered later', () => {
  test('counts once, however often it is registered', async () => {
    const batchId = await parent();
    const id = await single();
    const all = await Promise.all([1, 2, 3].map(() => registerChild(context, batchId, id)));
    expect(all.filter((a) => a.registered)).toHaveLength(1);
    expect(await getBatch(context, batchId)).toMatchObject({ total: 1 });
    await end(id);
    expect(await registerChild(context, batchId, id)).toMatchObject({ registered: false, batch: { completed: 1 } });
    await expectConsistent();
  });

  test.each(['waits', 'runs', 'completed', 'failed', 'cancelled'] as const)(
    'counts with its status: %s',
    async (state) => {
      const batchId = await parent({ announcedItems: 1 });
      const id = await single();
      const attempt = state === 'runs' ? await claim(id) : undefined;
      if (state === 'completed' || state === 'failed') await end(id, state);
      if (state === 'cancelled') await cancelJob(context, id);
      await registerChild(context, batchId, id);
      expect((await getJob(context, id)).correlationId).toBe((await getBatch(context, batchId)).correlationId);
      if (state === 'runs' || state === 'waits') {
        expect(await getBatch(context, batchId)).toMatchObject({ finishedAt: null, sealed: true });
        await end(id, 'completed', attempt);
      }
      const status = state === 'failed' || state === 'cancelled' ? state : 'completed';
      expect(await getBatch(context, batchId)).toMatchObject({ status, total: 1 });
      await expectConsistent();
    },
  );

  test('is requeued when its process dies, even before its batch has a slot', async () => {
    const batchId = await parent();
    const id = await single();
    await claim(id);
    await registerChild(context, batchId, id);
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'pending' });
    const { releaseConsumer } = await import('@/lib/domain/worker/release-consumer');
    expect((await releaseConsumer(1, 'stopped', 'lost')).requeued).toMatchObject([{ id }]);
    await end(id);
    await sealBatch(context, batchId);
    await expectConsistent();
  });

  test('is refused by a finished, a sealed and a foreign batch, and by another parent', async () => {
    const batchId = await parent({ announcedItems: 1 });
    const own = await child(batchId);
    const late = await single();
    await expect(registerChild(context, batchId, late)).rejects.toMatchObject({ code: 'batch-sealed' });
    await end(own);
    await expect(registerChild(context, batchId, late)).rejects.toMatchObject({ code: 'batch-sealed' });
    const other = await parent();
    await expect(registerChild(context, other, own)).rejects.toMatchObject({ code: 'has-parent' });
    await expect(registerChild(await createContext(), other, late)).rejects.toMatchObject({ code: 'not-found' });
    await expect(registerChild(context, other, 'nothing')).rejects.toMatchObject({ code: 'not-found' });
    expect(await getJob(context, late)).toMatchObject({ parentJobId: null, status: 'pending' });
    await expectConsistent();
  });

  test('is counted even if its end started before it was registered', async () => {
    const batchId = await parent();
    const id = await single();
    const attempt = await claim(id);
    let ending: Promise<void> | undefined;
    await transaction(async ({ db }) => {
      await db.query('update batch set total = 1, sealed = true where id = $1', [batchId]);
      await db.query('update job set batch_id = $2, item_index = 0, seq = 0 where id = $1', [id, batchId]);
      ending = end(id, 'completed', attempt);
      await until('it waits for the registration', async () => {
        const { rows } = await pool().query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length === 1;
      });
    });
    await ending;
    expect(await getBatch(context, batchId)).toMatchObject({ status: 'completed', completed: 1 });
  });

  test('may race with its own end, a cancel and the seal, and rows and counters agree', async () => {
    for (let round = 0; round < 4; round += 1) {
      const batchId = await parent();
      const ids = await Promise.all(Array.from({ length: 8 }, single));
      const attempts = await Promise.all(ids.map(claim));
      await Promise.allSettled([
        ...ids.map((id, i) => end(id, i % 2 ? 'failed' : 'completed', attempts[i])),
        ...ids.map((id) => registerChild(context, batchId, id)),
        child(batchId),
        round % 2 ? cancelBatch(context, batchId) : sealBatch(context, batchId),
      ]);
      await expectConsistent();
      await cancelBatch(context, batchId).catch(() => undefined);
      expect((await getBatch(context, batchId)).finishedAt).not.toBeNull();
      await expectConsistent();
    }
  });
});
