import { beforeEach, describe, expect, it } from 'vitest';
import { pool } from '@/lib/db/pool';
import { listAttention } from '@/lib/domain/attention/list-attention';
import type { Context } from '@/lib/domain/context';
import { announceTypes } from '@/lib/domain/job-type/announce-types';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { getSchedule } from '@/lib/domain/schedule/read-schedules';
import { registerNode } from '@/lib/domain/worker/nodes';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { createHourly, fire, firingsOf, makeDue } from '@/lib/testing/schedules';

let context: Context;

beforeEach(async () => {
  await truncateAll();
  await pool().query('delete from schedule');
  context = await createContext();
});

const countJobs = async () => (await pool().query('select 1 from job')).rowCount;

const HELLO = {
  type: 'hello',
  path: 'hello.ts',
  source: 'file' as const,
  version: '1',
  module: 'hello.js',
  definition: {
    title: 'Hello',
    description: '',
    icon: null,
    inputSchema: { type: 'object' },
    outputSchema: {},
    defaults: {
      maxAttempts: 1,
      backoff: { type: 'fixed' as const, delay: 0 },
      timeoutMs: 1000,
      concurrency: 1,
      ratePerMinute: 0,
    },
    consumerConcurrency: 1,
    searchable: [],
  },
  error: null,
};

/** What a machine has in its folder of jobs. */
async function announce(nodeId: number, ...entries: (typeof HELLO)[]): Promise<void> {
  await announceTypes(nodeId, 'test', { folder: '/jobs', folders: ['/jobs'], hash: String(entries.length), entries });
  await refreshTypes();
}

describe('a schedule whose type no worker runs', () => {
  it('says so, and launches no second run, even if runs may overlap', async () => {
    const id = await createHourly(context, { overlap: 'allow' });
    await pool().query(`update node set last_seen_at = now() - interval '1 hour'`);
    await makeDue(id, 2);
    await fire();
    await pool().query(`update schedule_firing set decided_at = now() - interval '1 minute'`);
    expect(await getSchedule(context, id)).toMatchObject({ problem: 'No worker runs jobs of type diagnostic.' });
    await makeDue(id, 1);
    await fire();
    expect(await firingsOf(context, id)).toMatchObject([
      { status: 'launched' },
      { status: 'skipped', why: expect.stringContaining('No worker runs jobs of type diagnostic.') },
    ]);
    await registerNode('test', 1);
    expect(await getSchedule(context, id)).toMatchObject({ problem: null });
    await makeDue(id, 0.5);
    await fire();
    expect(await countJobs()).toBe(2);
  });

  const ofHello = { overlap: 'allow', launch: { job: { type: 'hello', data: {} } } };

  it('says so if the only machine that has the type is gone, although other consumers run', async () => {
    const node = await registerNode('test', 1);
    await announce(node, HELLO);
    const id = await createHourly(context, ofHello);
    expect(await getSchedule(context, id)).toMatchObject({ problem: null });
    await pool().query(`update node set last_seen_at = now() - interval '1 hour' where id = $1`, [node]);
    await registerNode('other', 2);
    await makeDue(id, 2);
    await fire();
    await pool().query(`update schedule_firing set decided_at = now() - interval '1 minute'`);
    expect(await getSchedule(context, id)).toMatchObject({ problem: 'No worker runs jobs of type hello.' });
    for (const secondsAgo of [1, 0.5, 0.1]) {
      await makeDue(id, secondsAgo);
      await fire();
    }
    const [first, ...later] = await firingsOf(context, id);
    expect(first).toMatchObject({ status: 'launched' });
    expect(later.map(({ status }) => status)).toEqual(['skipped', 'skipped', 'skipped']);
    expect(await countJobs()).toBe(1);
  });

  it('says so if its file was removed from the folder of jobs, and launches nothing', async () => {
    const node = await registerNode('test', 1);
    await announce(node, HELLO);
    const id = await createHourly(context, ofHello);
    await makeDue(id, 2);
    await fire();
    await announce(node);
    const problem = "Jobs of type hello can't be launched. Its file was removed from the folder of jobs.";
    expect(await getSchedule(context, id)).toMatchObject({ problem });
    expect((await listAttention(context)).items).toContainEqual(
      expect.objectContaining({ kind: 'schedule-no-worker', text: expect.stringContaining(problem) }),
    );
    await makeDue(id, 1);
    await fire();
    expect(await firingsOf(context, id)).toMatchObject([
      { status: 'launched' },
      { status: 'failed', why: expect.stringContaining("can't be launched now") },
    ]);
    expect(await countJobs()).toBe(1);
    // Without jobs the type is forgotten.
    await truncateAll();
    await announce(node);
    expect(await getSchedule(context, id)).toMatchObject({ problem: 'There is no job type hello any more.' });
    await announce(node, HELLO);
    expect(await getSchedule(context, id)).toMatchObject({ problem: null });
  });
});
