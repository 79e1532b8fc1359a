import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { BulkActionDto, EstimateRequest } from '@/lib/contracts/bulk-action';
import { must } from '@/lib/contracts/must';
import { pool } from '@/lib/db/pool';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { abortBulkAction } from '@/lib/domain/bulk-action/abort-bulk-action';
import { estimateBulkAction } from '@/lib/domain/bulk-action/estimate-bulk-action';
import { getBulkAction } from '@/lib/domain/bulk-action/read-bulk-actions';
import { startBulkAction } from '@/lib/domain/bulk-action/start-bulk-action';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { createJob } from '@/lib/domain/job/create-job';
import { bull, closeOpened, open } from '@/lib/testing/bull-client';
import { asMember, createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

const start = () => startWorkers({ MAX_ACTIVE_BATCHES: '4' });

beforeAll(async () => {
  workers = await start();
});

beforeEach(async () => {
  context = await createContext();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await closeOpened();
});

interface Failing {
  customer: string;
  outcome: 'complete' | 'fail' | 'fail-once';
}

/** Launches a batch whose items succeed in their second run, and waits for its end. */
async function launch(name: string, items: Failing[], who = context): Promise<string> {
  const { result } = await launchBatch(who, {
    fields: { name, type: 'diagnostic', start: 'queue', options: { maxAttempts: 1 } },
    items: asItems(items.map(({ customer, outcome }) => ({ outcome, payload: { customer } }))),
  });
  await until(`the batch ${name} has ended`, async () => {
    const { rows } = await pool().query('select from batch where id = $1 and finished_at is not null', [
      result.batchId,
    ]);
    return rows.length > 0;
  });
  return result.batchId;
}

async function act(who: Context, request: EstimateRequest): Promise<string> {
  const { token } = await estimateBulkAction(who, request);
  return (await startBulkAction(who, token)).bulkAction.id;
}

async function ended(id: string, who = context): Promise<BulkActionDto> {
  await until('the bulk action has ended', async () => (await getBulkAction(who, id)).status === 'completed');
  return getBulkAction(who, id);
}

const allEnded = (who = context) =>
  until('every job has ended', async () => {
    const { rows } = await pool().query('select from job where organization_id = $1 and outcome is null limit 1', [
      who.organizationId,
    ]);
    return rows.length === 0;
  });

/** The counts of the record are those of its rows. */
async function expectTrue({ id, matched, done, failed, skipped }: BulkActionDto): Promise<void> {
  const { rows } = await pool().query(
    `select count(*)::int as matched, (count(*) filter (where state = 'done'))::int as done,
       (count(*) filter (where state = 'failed'))::int as failed, (count(*) filter (where state = 'skipped'))::int as skipped
     from bulk_action_job where bulk_action_id = $1`,
    [id],
  );
  expect(rows).toEqual([{ matched, done, failed, skipped }]);
}

const count = async (condition: string, who = context): Promise<number> => {
  const { rows } = await pool().query<{ count: number }>(
    `select count(*)::int as count from job where organization_id = $1 and ${condition}`,
    [who.organizationId],
  );
  return must(rows[0], 'A count').count;
};

test('two people retry the failed rows of one customer in three batches at once: exactly those run, and each once', async () => {
  const customers = ['acme', 'globex', 'initech'];
  const items = Array.from({ length: 1_000 }, (_, i): Failing => {
    const outcome = i % 25 !== 0 ? 'complete' : i % 50 === 0 ? 'fail' : 'fail-once';
    return { customer: customers[i % 3] ?? '', outcome };
  });
  for (const name of ['first', 'second', 'third']) await launch(name, items);
  expect(await count(`status = 'failed'`)).toBe(120);
  const query = 'status:failed data.payload.customer:acme';
  const chosen = items.filter(({ customer, outcome }) => customer === 'acme' && outcome !== 'complete').length * 3;
  const people = [context, asMember(context)];
  const ids = await Promise.all(people.map((who) => act(who, { action: 'retry', query })));
  const records = await Promise.all(ids.map((id) => ended(id)));
  await allEnded();
  expect(records.map(({ matched }) => matched)).toEqual([chosen, chosen]);
  expect(records.reduce((sum, { done }) => sum + done, 0)).toBe(chosen);
  expect(records.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(chosen);
  for (const record of records) await expectTrue(record);
  // Each claim raises the attempt: one of the first run, one of the second.
  expect(await count(`attempt = 2 and data -> 'payload' ->> 'customer' = 'acme'`)).toBe(chosen);
  expect(await count(`attempt <> 1 and data -> 'payload' ->> 'customer' <> 'acme'`)).toBe(0);
  const { rows } = await pool().query(
    `select b.failed = (select count(*) from job j where j.batch_id = b.id and j.status = 'failed') as failed,
       b.completed = (select count(*) from job j where j.batch_id = b.id and j.status = 'completed') as completed, b.sealed, b.status
     from batch b where b.organization_id = $1`,
    [context.organizationId],
  );
  for (const row of rows) expect(row).toEqual({ failed: true, completed: true, sealed: true, status: 'partial' });
});

test('a bulk action retries each job once, although its supervisor is killed in the middle', async () => {
  const items = Array.from({ length: 3_000 }, (): Failing => ({ customer: 'acme', outcome: 'fail-once' }));
  for (const name of ['first', 'second']) await launch(name, items);
  expect(await count(`status = 'failed'`)).toBe(6_000);
  // The rate makes many small transactions of it, so that the kill comes between or in one of them.
  const id = await act(context, { action: 'retry', query: 'status:failed', ratePerMinute: 24_000 });
  await until('some are retried', async () => (await getBulkAction(context, id)).done >= 800);
  workers.process.kill('SIGKILL');
  workers = await start();
  const record = await ended(id);
  await allEnded();
  expect(record).toMatchObject({ matched: 6_000, done: 6_000, failed: 0, skipped: 0 });
  await expectTrue(record);
  expect(await count('delivery < 1')).toBe(0);
  const { rows } = await pool().query(`select status, completed, sealed from batch where organization_id = $1`, [
    context.organizationId,
  ]);
  expect(rows).toEqual(Array.from({ length: 2 }, () => ({ status: 'completed', completed: 3_000, sealed: true })));
  const entries = await pool().query(
    `select (after ->> 'count')::int as count from audit where organization_id = $1 and action = 'batch.retry'`,
    [context.organizationId],
  );
  expect(entries.rows).toEqual([{ count: 3_000 }, { count: 3_000 }]);
});

test('single jobs and nodes of flows run again, waiting jobs are cancelled, and what is left is deleted', async () => {
  const failing = { type: 'diagnostic', data: { outcome: 'fail-once' }, maxAttempts: 1 } as const;
  const jobs = await Promise.all(Array.from({ length: 5 }, () => createJob(context, failing)));
  const { result } = await createFlows(context, {
    flow: {
      name: 'root',
      type: 'collect',
      data: { field: 'payload' },
      children: [
        { name: 'one', type: 'diagnostic', data: { outcome: 'fail-once' }, opts: { attempts: 1 } },
        { name: 'two', type: 'diagnostic', data: { payload: 2 } },
      ],
    },
  });
  await allEnded();
  const retried = await ended(await act(context, { action: 'retry', query: 'status:failed' }));
  expect(retried).toMatchObject({ single: 5, inFlows: 2, done: 7, skipped: 0 });
  await allEnded();
  expect(await count(`status <> 'completed'`)).toBe(0);
  await until('the flow is completed', async () => {
    const { rows } = await pool().query('select status from flow where id = $1', [result.flowIds[0]]);
    return rows[0]?.status === 'completed';
  });
  const later = await createJob(context, { type: 'diagnostic', data: {}, delayMs: 3_600_000 });
  const cancelled = await ended(await act(context, { action: 'cancel', jobIds: [later.job.id] }));
  expect(cancelled).toMatchObject({ done: 1 });
  const deleted = await ended(await act(context, { action: 'delete', query: 'type:diagnostic' }));
  expect(deleted).toMatchObject({ done: jobs.length + 1, skippedWhy: [{ code: 'in-flow', count: 2 }] });
  expect(await count('flow_id is null')).toBe(0);
});

test('two organizations retry at the same time: each its own jobs only, and neither waits for the other', async () => {
  const other = await createContext();
  const both = [context, other];
  const items = Array.from({ length: 2_500 }, (): Failing => ({ customer: 'acme', outcome: 'fail-once' }));
  await Promise.all(both.map((who) => launch('batch', items, who)));
  const theirs = await pool().query<{ id: string }>('select id from job where organization_id = $1 limit 5', [
    other.organizationId,
  ]);
  const jobIds = theirs.rows.map(({ id }) => id);
  expect(await estimateBulkAction(context, { action: 'retry', jobIds })).toMatchObject({ matched: 0, missing: 5 });
  // A rate that would take hours holds up nobody else.
  const slow = await act(context, { action: 'retry', query: 'status:failed', ratePerMinute: 60 });
  const record = await ended(await act(other, { action: 'retry', query: 'status:failed' }), other);
  await allEnded(other);
  expect(record).toMatchObject({ matched: 2_500, done: 2_500, failed: 0, skipped: 0 });
  await expectTrue(record);
  expect(await count(`status = 'completed' and attempt = 2`, other)).toBe(2_500);
  expect((await getBulkAction(context, slow)).status).toBe('running');
  const own = await ended(await act(context, { action: 'retry', query: 'status:failed' }));
  expect(own.matched).toBe(own.done + own.skipped);
  const aborted = await abortBulkAction(context, slow);
  await allEnded();
  expect(own.done + aborted.done).toBe(2_500);
  expect(await count(`status = 'completed' and attempt = 2`)).toBe(2_500);
});

test('jobs that workers of other BullMQ clients run are retried and cancelled, each once', async () => {
  let failing = true;
  const ran: number[] = [];
  const work = () =>
    open(
      new bull.Worker(
        'external',
        async ({ data }) => {
          ran.push(Number(data.n));
          if (failing && data.n !== 0) throw new Error('not today');
          return { doubled: Number(data.n) * 2 };
        },
        { concurrency: 5 },
      ),
    );
  const worker = work();
  const { result } = await launchBatch(context, {
    fields: { name: 'elsewhere', type: 'external', start: 'queue', options: { maxAttempts: 1 } },
    items: asItems(Array.from({ length: 20 }, (_, n) => ({ n }))),
  });
  await allEnded();
  expect(await count(`status = 'failed'`)).toBe(19);
  failing = false;
  const retried = await ended(await act(context, { action: 'retry', query: `batch:${result.batchId}` }));
  expect(retried).toMatchObject({ matched: 20, done: 19, skippedWhy: [{ code: 'completed', count: 1 }] });
  await allEnded();
  expect(await count(`status = 'completed'`)).toBe(20);
  expect(ran.sort((a, b) => a - b)).toEqual([0, ...Array.from({ length: 19 }, (_, i) => [i + 1, i + 1]).flat()]);

  // Nobody takes them: a cancelled job leaves the queue, so that no worker starts it later.
  await worker.close();
  const queue = open(new bull.Queue('external', {}));
  const waiting = () => queue.getJobCountByTypes('prioritized', 'waiting', 'delayed');
  const { result: later } = await launchBatch(context, {
    fields: { name: 'later', type: 'external', start: 'queue' },
    items: asItems(Array.from({ length: 10 }, (_, n) => ({ n: 100 + n }))),
  });
  await until('they are in the queue', async () => (await waiting()) === 10);
  const { rows } = await pool().query<{ id: string }>('select id from job where batch_id = $1 order by item_index', [
    later.batchId,
  ]);
  const jobIds = rows.slice(0, 6).map(({ id }) => id);
  const cancelled = await ended(await act(context, { action: 'cancel', jobIds }));
  expect(cancelled).toMatchObject({ done: 6, skipped: 0 });
  await until('the cancelled ones have left the queue', async () => (await waiting()) === 4);
  work();
  await allEnded();
  expect(await count(`status = 'cancelled'`)).toBe(6);
  expect(ran.filter((n) => n >= 100).sort((a, b) => a - b)).toEqual([106, 107, 108, 109]);
});
