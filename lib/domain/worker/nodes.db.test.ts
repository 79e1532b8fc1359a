import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { addItems } from '@/lib/domain/batch/add-items';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { pauseBatch } from '@/lib/domain/batch/pause-batch';
import { queueBatch } from '@/lib/domain/batch/queue-batch';
import { startQueued } from '@/lib/domain/batch/start-queued';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { heartbeatNode, registerNode } from './nodes';

let context: Context;
let node: number;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  node = await registerNode('test', 1);
});

const hasWork = async () => (await heartbeatNode(node, { processes: 1, jobsActive: 0, stopping: false })).hasWork;

const launch = async (fields: object, items: unknown[] = [{}]): Promise<string> => {
  const { result } = await launchBatch(context, {
    fields: { name: 'b', type: 'diagnostic', start: 'now', ...fields },
    items: asItems(items),
  });
  return result.batchId;
};

/** The batch released its slot until its next child is due in so many seconds. */
const suspend = (seconds: number) =>
  pool().query('update batch set slot_freed = true, wakes_at = now() + make_interval(secs => $1)', [seconds]);

describe('a heartbeat reports work', () => {
  test('while a batch runs, from its start to its end', async () => {
    expect(await hasWork()).toBe(false);
    const waiting = await launch({ start: 'manual' });
    expect(await hasWork()).toBe(false);
    await queueBatch(context, waiting);
    expect(await hasWork()).toBe(true);
    await startQueued();
    expect(await hasWork()).toBe(true);
    await cancelBatch(context, waiting, {});
    expect(await hasWork()).toBe(false);
  });

  test('when the next child of a batch without a slot is due soon', async () => {
    await launch({});
    await suspend(3600);
    expect(await hasWork()).toBe(false);
    await suspend(2);
    expect(await hasWork()).toBe(true);
  });

  test('while a batch is paused or accepts items, because both have their own repairs', async () => {
    const paused = await launch({});
    await pauseBatch(context, paused);
    expect(await hasWork()).toBe(true);
    await cancelBatch(context, paused, {});
    const open = await launch({ sealed: false });
    await addItems(context, open, { items: asItems([{}]) });
    await suspend(3600);
    expect(await hasWork()).toBe(true);
  });

  test('while a single job waits or is due soon, and not if it is due tomorrow', async () => {
    const { job } = await createJob(context, { type: 'diagnostic', data: {}, delayMs: 86_400_000 });
    expect(await hasWork()).toBe(false);
    await pool().query("update job set run_at = now() + interval '2 seconds' where id = $1", [job.id]);
    expect(await hasWork()).toBe(true);
    await pool().query("update job set run_at = now() + interval '1 day' where id = $1", [job.id]);
    await createJob(context, { type: 'diagnostic', data: {} });
    expect(await hasWork()).toBe(true);
  });

  test('if there are too many open single jobs to inspect each', async () => {
    const later = { type: 'diagnostic', data: {}, delayMs: 86_400_000 } as const;
    await createJob(context, later);
    await pool().query(
      `insert into job (id, organization_id, type, status, data, run_at)
       select gen_random_uuid(), organization_id, type, status, data, run_at from job, generate_series(1, 100)`,
    );
    expect(await hasWork()).toBe(true);
  });
});
