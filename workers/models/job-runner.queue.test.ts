import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import { createApiKey } from '@/lib/domain/auth/create-api-key';
import { cancelBatch } from '@/lib/domain/batch/cancel-batch';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { getJob } from '@/lib/domain/job/get-job';
import { batchEnded } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import { JobRunner, MessageWorker } from '.';

// A busy machine may need long; no assertion depends on the duration.

let context: Context;
let workers: Workers;
let runner: JobRunner;
let program: MessageWorker;
/** The parts of messages that the handlers of the topic `small` ran. */
const ran: string[] = [];
/** Parts that wait until they are released. */
const gates = new Map<string, () => void>();

beforeAll(async () => {
  context = await createContext();
  runner = new JobRunner(context);
  workers = await startWorkers();
  program = await new MessageWorker(context, {
    small: ({ jobId, message }, own) =>
      own.runDelayed(jobId, async (_, job) => {
        const { part } = message as { part: string };
        ran.push(part);
        job.log('info', part);
        if (part.startsWith('gate')) await new Promise<void>((open) => gates.set(part, open));
        if (part.startsWith('throws')) throw new Error('on purpose');
        return !part.startsWith('rejected');
      }),
    careless: async () => undefined,
  }).start();
});

afterAll(async () => {
  await program.close();
  await runner.close();
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

/** A unique root job with delayed children. */
async function bigJob(name: string, parts: string[], ownerId = `owner of ${name}`) {
  let rootId = '';
  const verdict = await runner.runUnique(ownerId, name, async (own, root) => {
    rootId = root.id;
    for (const part of parts) {
      await own.createDelayed(`${name}:${part}`, (_, child) => child.send('small', { part }));
    }
    return true;
  });
  return { verdict, rootId };
}

const finished = (batchId: string) => batchEnded(context, batchId);
const statuses = async (id: string) =>
  Object.fromEntries((await listBatchJobs(context, id, { limit: 50 })).jobs.map((j) => [j.name, j.status]));

describe('runUnique', () => {
  test('holds its name until every child has ended, and shows the states of the children', async () => {
    const first = await bigJob('unique', ['gate-u', 'b', 'rejected-c', 'throws-d']);
    expect(first.verdict).toBe(true);
    await until('three of them have ended', async () => {
      const { completed, failed } = await getBatch(context, first.rootId);
      return completed === 1 && failed === 2;
    });
    expect(await getBatch(context, first.rootId)).toMatchObject({ status: 'in-progress', uniqueKey: 'unique' });
    expect(await statuses(first.rootId)).toEqual({
      'unique:gate-u': 'active',
      'unique:b': 'completed',
      'unique:rejected-c': 'failed',
      'unique:throws-d': 'failed',
    });
    expect(await bigJob('unique', ['again'], 'another owner')).toMatchObject({ verdict: null });
    gates.get('gate-u')?.();
    expect(await finished(first.rootId)).toMatchObject({ status: 'partial', completed: 2, failed: 2, total: 4 });
    const { verdict, rootId } = await bigJob('unique', ['next'], 'another owner');
    expect(verdict).toBe(true);
    expect(await finished(rootId)).toMatchObject({ status: 'completed' });
    expect(ran).not.toContain('again');
  });

  test('resumes where it stopped when the same owner runs it again, and creates each child once', async () => {
    // A program that hangs in its callback and sends no more heartbeats.
    const stopped = new Promise<void>((stop) => {
      void runner.runUnique('message-7', 'resumed', async (own) => {
        await own.createDelayed('resumed:resumed-1', (_, child) => child.send('small', { part: 'resumed-1' }));
        stop();
        await new Promise(() => undefined);
      });
    });
    await stopped;
    expect(await bigJob('resumed', ['x'], 'another message')).toMatchObject({ verdict: null });
    const again = await bigJob('resumed', ['resumed-1', 'resumed-2'], 'message-7');
    expect(again.verdict).toBe(true);
    expect(await bigJob('resumed', ['resumed-3'], 'message-7')).toMatchObject({ verdict: true, rootId: '' });
    expect(await finished(again.rootId)).toMatchObject({ status: 'completed', total: 2, completed: 2 });
    expect(ran.filter((part) => part.startsWith('resumed')).sort()).toEqual(['resumed-1', 'resumed-2']);
  });

  test('creates a root for each name when several names share one message', async () => {
    const first = await bigJob('one of two', ['first-of-two'], 'message-8');
    const second = await bigJob('two of two', ['second-of-two'], 'message-8');
    expect([first.verdict, second.verdict]).toEqual([true, true]);
    expect(second.rootId).not.toBe(first.rootId);
    expect(await finished(second.rootId)).toMatchObject({ name: 'two of two', status: 'completed', total: 1 });
    await finished(first.rootId);
  });

  test('rejects when its callback returns false, and no child that has not started runs', async () => {
    let id = '';
    const verdict = await runner.runUnique('r', 'rejecting', async (own, root) => {
      id = root.id;
      await own.createDelayed('held', () => undefined);
      return false;
    });
    expect(verdict).toBe(false);
    expect(await finished(id)).toMatchObject({
      status: 'cancelled',
      stopReason: 'rejected: its callback returned false',
    });
    expect(await runner.runUnique('r', 'rejecting', () => true)).toBe(false);
    expect(await runner.runUnique('r2', 'rejecting', () => true)).toBe(true);
  });

  test('ends at once without children', async () => {
    let id = '';
    await runner.runUnique('e', 'empty', (_, root) => {
      id = root.id;
    });
    expect(await getBatch(context, id)).toMatchObject({ status: 'completed', total: 0 });
  });
});

describe('createDelayed and runDelayed', () => {
  test('commit the row before the message is sent; the child is new, running, then successful', async () => {
    let childId = '';
    await runner.runUnique('d', 'delayed', (own) =>
      own.createDelayed('child', async (_, child) => {
        childId = child.id;
        expect(await getJob(context, child.id)).toMatchObject({ status: 'pending', name: 'child' });
      }),
    );
    // Its message is sent in another way: the program runs it directly.
    const seen: string[] = [];
    const verdict = await runner.runDelayed(childId, async (_, job) => {
      seen.push((await getJob(context, job.jobId)).status);
      return true;
    });
    expect([verdict, seen]).toEqual([true, ['active']]);
    expect(await getJob(context, childId)).toMatchObject({ status: 'completed', attemptsMade: 1 });
    // A duplicate message does not run it again.
    expect(await runner.runDelayed(childId, () => expect.unreachable())).toBe(true);
  });

  test('fail a child that its handler does not run', async () => {
    let id = '';
    await runner.runUnique('c', 'careless', (own, root) => {
      id = root.id;
      return own.createDelayed('x', (_, child) => child.send('careless'));
    });
    expect(await finished(id)).toMatchObject({ status: 'failed', failed: 1 });
  });

  test('fail a child at the deadline if its message is never sent, and free the name', async () => {
    let id = '';
    await runner.runUnique('n', 'never', (own, root) => {
      id = root.id;
      return own.createDelayed('x', () => undefined);
    });
    await pool().query(`update job set created_at = now() - interval '2 hours' where batch_id = $1`, [id]);
    expect(await finished(id)).toMatchObject({ status: 'failed', failed: 1 });
    const { jobs } = await listBatchJobs(context, id, { limit: 1 });
    expect(jobs[0]?.error).toMatchObject({ code: 'never-sent' });
    expect(await runner.runUnique('n2', 'never', () => true)).toBe(true);
  });
});

describe('interrupt', () => {
  test('of a root lets running children complete and starts no other', async () => {
    const { rootId } = await bigJob('interrupted', ['gate-i']);
    await until('it runs', () => gates.get('gate-i'));
    const late = await pool().query<{ id: string }>('select id from job where batch_id = $1', [rootId]);
    const open = await bigJob('interrupted-2', ['gate-j']);
    await until('it runs', () => gates.get('gate-j'));
    await cancelBatch(context, rootId);
    gates.get('gate-i')?.();
    expect(await finished(rootId)).toMatchObject({ completed: 1, cancelled: 0 });
    expect(await getJob(context, late.rows[0]?.id ?? '')).toMatchObject({ status: 'completed' });
    gates.get('gate-j')?.();
    await finished(open.rootId);
  });

  test('of waiting children prevents that they ever run', async () => {
    let ids: string[] = [];
    let rootId = '';
    await runner.runUnique('i', 'waiting', async (own, root) => {
      rootId = root.id;
      ids = await Promise.all(['a', 'b'].map((n) => own.createDelayed(n, (_, child) => child.id)));
    });
    await cancelJob(context, ids[0] ?? '');
    expect(await runner.runDelayed(ids[0] ?? '', () => expect.unreachable())).toBeNull();
    await cancelBatch(context, rootId);
    expect(await runner.runDelayed(ids[1] ?? '', () => expect.unreachable())).toBeNull();
    expect(await finished(rootId)).toMatchObject({ status: 'cancelled', cancelled: 2 });
  });
});

test('another program runs the children of a program that died, and then the name is free', async () => {
  await program.close();
  const { key } = await createApiKey(context, { name: 'program', role: 'admin' });
  const script = fileURLToPath(new URL('./fixtures/hangs.ts', import.meta.url));
  const dying = fork(script, [key], { execArgv: ['--import', 'tsx'] });
  const { rootId } = await bigJob('crashing', ['x', 'y']);
  await until('it runs both', async () => (await getBatch(context, rootId)).active === 2);
  dying.kill('SIGKILL');
  await once(dying, 'exit');
  expect(await bigJob('crashing', ['z'], 'other')).toMatchObject({ verdict: null });
  // It sends no more heartbeats; the test does not wait twenty seconds.
  await pool().query(`update node set last_seen_at = now() - interval '1 minute' where pid = $1`, [dying.pid]);
  program = await new MessageWorker(context, {
    small: ({ jobId }, own) => own.runDelayed(jobId, () => true),
  }).start();
  expect(await finished(rootId)).toMatchObject({ status: 'completed', completed: 2, total: 2 });
  expect(await bigJob('crashing', ['z'], 'other')).toMatchObject({ verdict: true });
});
