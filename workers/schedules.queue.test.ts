import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { createContext } from '@/lib/testing/factories';
import { createHourly, firingsOf, makeDue } from '@/lib/testing/schedules';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

const BATCH = { batch: { name: 'scheduled', type: 'diagnostic', items: [{ steps: 1 }, { steps: 2 }] } };

let context: Context;
let workers: Workers[];

beforeAll(async () => {
  context = await createContext();
  workers = await Promise.all([startWorkers(), startWorkers()]);
});

afterAll(async () => {
  for (const each of workers) expect(await each.stop()).toBe(0);
});

test('two supervisors launch a batch once when it is due, a consumer runs it, and the schedule says how it ended', async () => {
  const id = await createHourly(context, { launch: BATCH });
  await makeDue(id, 0);
  await until('the run has ended', async () => (await firingsOf(context, id))[0]?.outcome === 'completed');
  const [firing, ...more] = await firingsOf(context, id);
  expect(more).toEqual([]);
  const { rows } = await pool().query('select id, status, total, created_by from batch');
  expect(rows).toEqual([{ id: firing?.batchId, status: 'completed', total: 2, created_by: 'hourly' }]);
  expect(await getSchedule(context, id)).toMatchObject({
    lastStatus: 'launched',
    lastOutcome: 'completed',
    problem: null,
  });
});

test('a schedule of seconds goes on when one of the supervisors is killed, and no due time is launched twice', async () => {
  const id = await createHourly(context, { everySeconds: 5, overlap: 'allow' });
  const launched = async () => (await firingsOf(context, id)).filter(({ status }) => status === 'launched');
  await until('it has fired', async () => (await launched()).length >= 1);
  workers.shift()?.process.kill('SIGKILL');
  await until('it goes on', async () => (await launched()).length >= 3);
  await pool().query('update schedule set next_at = null, next_due = null where id = $1', [id]);
  await until('what was decided is launched', async () =>
    (await firingsOf(context, id)).every(({ status }) => status !== 'queued'),
  );
  const firings = await firingsOf(context, id);
  const { rows } = await pool().query(`select id::text from job where created_by = 'hourly' and batch_id is null`);
  expect(new Set(rows.map((row) => row.id))).toEqual(new Set(firings.flatMap(({ jobId }) => jobId ?? [])));
  expect(new Set(firings.map(({ dueAt }) => dueAt)).size).toBe(firings.length);
});
