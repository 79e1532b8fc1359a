import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { pauseBatch } from '@/lib/domain/batch/pause-batch';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { pauseAll, resumeAll } from '@/lib/domain/pause/pause-all';
import { queueOf } from '@/lib/queue/queues';
import { bull, closeOpened, open } from '@/lib/testing/bull-client';
import { closedGate } from '@/lib/testing/closed-gate';
import { batchEnded, flowEnded, jobEnded, wholeFlow } from '@/lib/testing/ended';
import { createContext, jobRows } from '@/lib/testing/factories';
import { createFlow, held, leaf, parent } from '@/lib/testing/flow-nodes';
import { expectConsistent } from '@/lib/testing/oracle';
import { launchItems } from '@/lib/testing/run-batch';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let other: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  other = await createContext();
  workers = await startWorkers(
    { WORKER_PROCESSES: '2', MAX_ACTIVE_BATCHES: '4', LOG_LEVEL: 'silent', OUTBOUND_ALLOW: '127.0.0.1' },
    { preload: 'few-slots' },
  );
});

afterAll(async () => {
  await closeOpened();
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

const HERE = { everywhere: false };

const single = async (of: Context, data: object): Promise<string> =>
  (await createJob(of, { type: 'diagnostic', data })).job.id;

const statuses = async (of: Context): Promise<Record<string, number>> => {
  const { rows } = await pool().query<{ status: string; n: number }>(
    'select status, count(*)::int as n from job where organization_id = $1 and batch_id is null group by status',
    [of.organizationId],
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
};

/** Returns how many rows of an organization started after a pause had a second to reach every process. */
const startedWhilePaused = async (from: Date): Promise<number> => {
  const { rows } = await pool().query<{ n: number }>(
    `select count(*)::int as n from job where organization_id = $1 and started_at > $2::timestamptz + interval '1 second'`,
    [context.organizationId, from],
  );
  return rows[0]?.n ?? -1;
};

const readClock = async (): Promise<Date> =>
  (await pool().query<{ now: Date }>('select clock_timestamp() as now')).rows[0]?.now ?? new Date();

test('everything waits that has not started, also what is in the queue, and all of it runs once after the resume', async () => {
  const gate = await closedGate();
  const running = await launchItems(context, 400, { options: { concurrency: 8 } });
  const batchId = running.result.batchId;
  const byHand = await launchItems(context, 5, { start: 'queue' });
  await pauseBatch(context, byHand.result.batchId);
  const flowId = await createFlow(context, parent('waits', [held('child', gate), leaf('quick', {})]));
  await until('the child of the flow runs', async () => (await wholeFlow(context, flowId)).counts.active === 1);
  const singles = await Promise.all(Array.from({ length: 150 }, () => single(context, { durationMs: 2000 })));
  await until('jobs run', async () => ((await statuses(context)).completed ?? 0) >= 2);

  await pauseAll(context, HERE);
  const paused = await readClock();
  // The queue delivers everything that it has, and nothing of it starts.
  await until('the queue is empty', async () => {
    const { waiting = 0, prioritized = 0, active = 0 } = await queueOf('diagnostic').getJobCounts();
    return waiting + prioritized + active === 0;
  });
  gate.open();
  await until('what ran has ended', async () => (await wholeFlow(context, flowId)).childCounts.completed === 2);
  await until('its parent waits', async () => (await wholeFlow(context, flowId)).job.status === 'pending');
  const later = await launchItems(context, 3, { start: 'now' });
  const laterJob = await single(context, {});
  const laterFlow = await createFlow(context, parent('later', [leaf('first', {})]));
  // Another organization works on meanwhile.
  const theirs = await launchItems(other, 20, { start: 'queue' });
  await batchEnded(other, theirs.result.batchId);
  expect(await startedWhilePaused(paused)).toBe(0);
  expect(await getBatch(context, later.result.batchId)).toMatchObject({ status: 'pending', active: 0 });
  expect((await statuses(context)).pending).toBeGreaterThan(20);

  await resumeAll(context, HERE);
  await batchEnded(context, batchId);
  await batchEnded(context, later.result.batchId);
  expect((await flowEnded(context, flowId)).status).toBe('completed');
  expect((await flowEnded(context, laterFlow)).status).toBe('completed');
  await until('all jobs have ended', async () => {
    const { rows } = await pool().query(
      `select 1 from job where id = any($1::uuid[]) and status = 'completed' and attempt = 1`,
      [[...singles, laterJob]],
    );
    return rows.length === 151;
  });
  expect(await jobRows(batchId)).toEqual({ completed: 400 });
  expect(await getBatch(context, byHand.result.batchId)).toMatchObject({ paused: true, completed: 0 });
  await until(
    'nothing is left of the pause',
    async () => (await pool().query('select 1 from work_pause')).rowCount === 0,
  );
});

test('what waits for workers of other clients leaves the queue, and runs once after the resume', async () => {
  const queue = open(new bull.Queue('external', {}));
  const waiting = async () => (await queue.getJobs(['waiting', 'prioritized'])).length;
  const outside = async (of: Context): Promise<string> => (await createJob(of, { type: 'external', data: {} })).job.id;
  const singles = await Promise.all(Array.from({ length: 20 }, () => outside(context)));
  const { result } = await launchItems(context, 10, { type: 'external', start: 'queue' });
  const theirs = await outside(other);
  await until('all of it is in the queue', async () => (await waiting()) === 31);

  await pauseAll(context, HERE);
  await until('only the job of the other organization waits there', async () => (await waiting()) === 1);
  const later = await outside(context);
  await resumeAll(context, HERE);
  await until('all of it is in the queue again', async () => (await waiting()) === 32);

  const seen: string[] = [];
  open(
    new bull.Worker(
      'external',
      async (job) => {
        seen.push(String(job.data.jobId));
        return {};
      },
      {},
    ),
  );
  expect(await batchEnded(context, result.batchId)).toMatchObject({ completed: 10 });
  for (const id of [...singles, later]) await jobEnded(context, id);
  await jobEnded(other, theirs);
  expect(seen).toHaveLength(32);
  expect(new Set(seen).size).toBe(32);
});
