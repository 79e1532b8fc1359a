import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { type OwnJobsRun, startOwnJobs } from '@/lib/testing/services/start-own-jobs';
import { until } from '@/lib/testing/until';

// A job file whose work is one call for many items, written as a user writes it. The calls write down what they got.

const MAX_ITEMS = 100;

const MANY = `
import { appendFileSync, existsSync } from 'node:fs';
import { defineJob, PermanentError, RetryLaterError } from 'batchyard';
import { z } from 'zod';

const HOW = ['double', 'fail', 'again', 'later', 'wrong', 'odd', 'throw', 'short', 'kill', 'wait', 'deaf'] as const;

export default defineJob({
  input: z.object({ calls: z.string(), n: z.int(), how: z.enum(HOW), gate: z.string().optional() }).refine((d) => d.how !== 'odd', 'is odd'),
  output: z.object({ double: z.int() }),
  defaults: { maxAttempts: 2, backoff: { type: 'fixed', delay: 0 } },
  maxItems: ${MAX_ITEMS},
  // Long enough for a busy machine; what is full does not wait.
  maxWaitMs: 2000,
  async runMany(items) {
    const seen = items.map(({ jobId, organizationId, attempt, signal }) => ({ jobId, organizationId, attempt, aborted: signal.aborted }));
    appendFileSync(items[0].data.calls, JSON.stringify(seen) + '\\n');
    const first = (how: string) => items.some(({ data, attempt }) => data.how === how && attempt === 1);
    if (first('kill')) process.kill(process.pid, 'SIGKILL');
    if (first('throw')) throw new Error('all of them');
    if (items.some(({ data }) => data.how === 'short')) return [];
    const waits = () => items.some(({ data, signal }) =>
      (data.how === 'deaf' || (data.how === 'wait' && !signal.aborted)) && !existsSync(data.gate ?? ''));
    while (waits()) await new Promise((resolve) => setTimeout(resolve, 20));
    return items.map(({ data, attempt, signal, log }) => {
      log('info', 'number ' + data.n);
      if (signal.aborted) return new Error('stopped');
      if (data.how === 'fail') return new PermanentError('never', 'refused');
      if (data.how === 'again' && attempt === 1) return new Error('not yet');
      if (data.how === 'later' && attempt === 1) return new RetryLaterError('busy', 1);
      if (data.how === 'wrong') return { double: 'x' } as never;
      return { double: data.n * 2 };
    });
  },
});`;

type Call = { jobId: string; organizationId: string; attempt: number; aborted: boolean }[];
type How = 'double' | 'fail' | 'again' | 'later' | 'wrong' | 'odd' | 'throw' | 'short' | 'kill' | 'wait' | 'deaf';

let context: Context;
let own: OwnJobsRun;

beforeAll(async () => {
  context = await createContext();
  own = await startOwnJobs({ many: MANY });
});

afterAll(async () => {
  await own.stop();
});

let files = 0;
/** Where the calls of a test are written down, and the file that lets its waiting calls go on. */
function records() {
  files += 1;
  const path = join(own.folder, `_calls-${files}`);
  const gate = join(own.folder, `_gate-${files}`);
  const calls = (): Call[] =>
    existsSync(path)
      ? readFileSync(path, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Call)
      : [];
  const item = (n: number, how: How = 'double') => ({ calls: path, gate, n, how });
  return { calls, item, open: () => writeFileSync(gate, '') };
}

async function launch(items: unknown[], by = context): Promise<string> {
  const { result } = await launchBatch(by, {
    fields: { name: 'many', type: 'many', options: { concurrency: MAX_ITEMS }, start: 'queue' },
    items: asItems(items),
  });
  return result.batchId;
}

/** How many rows ended in which way, with what, after how many attempts that count. */
async function outcomes(batchId: string): Promise<Record<string, number>> {
  const { rows } = await pool().query<{ what: string; rows: number }>(
    `select concat_ws(' ', outcome, error ->> 'code', attempts_made) as what, count(*)::int as rows
     from job where batch_id = $1 group by 1`,
    [batchId],
  );
  return Object.fromEntries(rows.map(({ what, rows: count }) => [what, count]));
}

test('the type says how many items one call has', async () => {
  const type = (await listAllowedTypes(context)).find((one) => one.type === 'many');
  expect(type).toMatchObject({ state: 'offered', many: { maxItems: MAX_ITEMS } });
});

test('each row of a call has its own outcome, retry and count, and no call has more items than it may', async () => {
  const { calls, item } = records();
  const hows: How[] = ['fail', 'again', 'later', 'wrong', 'odd'];
  const batchId = await launch(Array.from({ length: 250 }, (_, i) => item(i, hows[i % 25])));
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'partial', completed: 220, failed: 30 });
  expect(await outcomes(batchId)).toEqual({
    'completed 1': 210,
    'completed 2': 10,
    'failed refused 1': 10,
    'failed invalid-result 1': 10,
    'failed invalid-data 1': 10,
  });
  const sizes = calls().map((call) => call.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_ITEMS);
  // All but those with a wrong input, and twice those that were tried again.
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(250 - 10 + 20);
  expect(sizes.length).toBeLessThan(130);
  const { rows } = await pool().query<{ n: number; double: number; line: string }>(
    `select (data ->> 'n')::int as n, (result ->> 'double')::int as double,
       (select min(message) from job_log l where l.job_id = j.id) as line
     from job j where batch_id = $1 and outcome = 'completed'`,
    [batchId],
  );
  for (const { n, double, line } of rows) expect({ double, line }).toEqual({ double: n * 2, line: `number ${n}` });
});

test('what a call throws fails each of its rows, which try again by their own policy', async () => {
  const { item } = records();
  const batchId = await launch([item(1, 'throw'), item(2, 'throw'), item(3, 'throw')]);
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'completed', completed: 3 });
  expect(await outcomes(batchId)).toEqual({ 'completed 2': 3 });
});

test('a call that answers with another number of outcomes fails its rows at once, and says so', async () => {
  const { item } = records();
  const batchId = await launch([item(1, 'short'), item(2, 'short')]);
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'failed', failed: 2 });
  expect(await outcomes(batchId)).toEqual({ 'failed invalid-result 1': 2 });
  const { rows } = await pool().query<{ message: string }>(
    `select error ->> 'message' as message from job where batch_id = $1`,
    [batchId],
  );
  for (const { message } of rows) expect(message).toMatch(/^runMany returned 0 outcomes for (1 item|2 items)\. Return/);
});

test('a batch that is cancelled in the middle of a call completes what the call has, and starts no more', async () => {
  const { calls, item, open } = records();
  const batchId = await launch(Array.from({ length: 150 }, (_, i) => item(i, 'wait')));
  await until('a call runs', () => calls().length > 0);
  await cancelBatch(context, batchId);
  open();
  const { completed, cancelled, status } = await batchEnded(context, batchId);
  expect({ status, all: completed + cancelled }).toEqual({ status: 'cancelled', all: 150 });
  expect(calls().flat()).toHaveLength(completed);
});

test('a forced cancel reaches the rows of a call and those that wait for one, and none of these is called', async () => {
  const { calls, item } = records();
  const batchId = await launch(Array.from({ length: 150 }, (_, i) => item(i, 'wait')));
  await until('a call runs', () => calls().length > 0);
  await cancelBatch(context, batchId, { force: true });
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'cancelled', completed: 0, cancelled: 150 });
  expect(calls().flat()).not.toContainEqual(expect.objectContaining({ aborted: true }));
  // The process goes on as if nothing had happened.
  const next = await launch([records().item(1)]);
  expect(await batchEnded(context, next)).toMatchObject({ completed: 1 });
});

test('a row that ignores its cancel is abandoned, while the others of its call go on', async () => {
  const { calls, item, open } = records();
  const data = [item(1, 'deaf'), item(2, 'deaf')];
  const [deaf, other] = await Promise.all(
    data.map(async (one) => (await createJob(context, { type: 'many', data: one })).job),
  );
  if (!deaf || !other) throw new Error('Two jobs were created.');
  await until('both are in a call', () => calls().flat().length === 2);
  await cancelJob(context, deaf.id, { force: true });
  expect(await jobEnded(context, deaf.id)).toMatchObject({ status: 'cancelled' });
  expect((await getJob(context, other.id)).status).toBe('active');
  open();
  expect(await jobEnded(context, other.id)).toMatchObject({ status: 'completed', result: { double: 4 } });
});

test('rows of two organizations are never in one call', async () => {
  const { calls, item } = records();
  const stranger = await createContext();
  const items = Array.from({ length: 40 }, (_, i) => item(i));
  const [mine, theirs] = await Promise.all([launch(items), launch(items, stranger)]);
  expect(await batchEnded(context, mine)).toMatchObject({ completed: 40 });
  expect(await batchEnded(stranger, theirs)).toMatchObject({ completed: 40 });
  for (const call of calls()) expect(new Set(call.map((one) => one.organizationId)).size).toBe(1);
  expect(calls().flat()).toHaveLength(80);
});

test('a consumer that is killed in the middle of a call loses no row, and each is recorded once', async () => {
  const { calls, item } = records();
  const batchId = await launch(Array.from({ length: 20 }, (_, i) => item(i, i === 7 ? 'kill' : 'double')));
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'completed', completed: 20, failed: 0 });
  const { rows } = await pool().query<{ id: string; crashes: number }>(
    'select id, crashes from job where batch_id = $1',
    [batchId],
  );
  const killed = calls().filter((call) => rows.some((row) => row.id === call[0]?.jobId))[0] ?? [];
  expect(killed.length).toBeGreaterThan(0);
  for (const { id, crashes } of rows) {
    const times = calls().flatMap((call) => call.filter(({ jobId }) => jobId === id));
    // Who was in the killed process runs again.
    expect(times.length).toBe(crashes === 0 || !times.some(({ attempt }) => attempt === 1) ? 1 : 2);
  }
  expect((await getBatch(context, batchId)).active).toBe(0);
});
