import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { env } from '@/lib/config/env';
import { VERSION } from '@/lib/config/version';
import type { NodeDto } from '@/lib/contracts/worker';
import { pool } from '@/lib/db/pool';
import { listAttention } from '@/lib/domain/attention/list-attention';
import { compareBatches } from '@/lib/domain/batch/compare/compare-batches';
import { getBatch } from '@/lib/domain/batch/get-batch';
import { launchBatch } from '@/lib/domain/batch/launch-batch';
import { listBatchJobs } from '@/lib/domain/batch/list-batch-jobs';
import type { Context } from '@/lib/domain/context';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { listAllowedTypes } from '@/lib/domain/job-type/list-job-types';
import { refreshTypes } from '@/lib/domain/job-type/read-types';
import { drainNode } from '@/lib/domain/worker/drain-node';
import { listNodes } from '@/lib/domain/worker/list-nodes';
import { buildJobs } from '@/lib/own-jobs/build-jobs';
import { oneFolder } from '@/lib/own-jobs/sources';
import { batchEnded, jobEnded } from '@/lib/testing/ended';
import { asMember, createContext } from '@/lib/testing/factories';
import { asItems } from '@/lib/testing/items';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

// Two machines with different folders of jobs, and one slot for batches. This process is what the web process is elsewhere.

const place = mkdtempSync(join(tmpdir(), 'machines-'));
const SLOTS = { MAX_ACTIVE_BATCHES: '1' };
let context: Context;
let cpu: Workers;
let gpu: Workers;

const job = (result: string) => `
import { defineJob } from 'batchyard';
import { existsSync } from 'node:fs';
import { z } from 'zod';
export default defineJob({
  input: z.object({ waitFor: z.string().optional() }),
  async run({ data, signal }) {
    while (data.waitFor && !existsSync(data.waitFor)) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return ${result};
  },
});`;

/** Saves a job file of a machine and compiles its folder, as the start of the product does. */
async function save(machine: string, type: string, result: string): Promise<void> {
  const folder = join(place, machine, 'jobs-source');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${type}.ts`), job(result));
  const examiner = join(process.cwd(), 'dist', 'scripts', 'examine-job.js');
  await buildJobs({ root: process.cwd(), from: oneFolder(folder), out: join(place, machine, 'jobs'), examiner });
}

const start = (machine: string) => startWorkers({ ...SLOTS, DATA_DIR: join(place, machine) });

const launch = async (type: string, items: unknown[]): Promise<string> => {
  const fields = { name: type, type, options: {}, start: 'queue' as const };
  return (await launchBatch(context, { fields, items: asItems(items) })).result.batchId;
};

const typeOf = async (name: string) => (await listAllowedTypes(context)).find(({ type }) => type === name);
const nodeOf = async (workers: Workers): Promise<NodeDto | undefined> =>
  (await listNodes(context)).find(({ pid }) => pid === workers.process.pid);

const nodeWith = (state: NodeDto['state'], workers: Workers): Promise<NodeDto> =>
  until(`the machine is ${state}`, async () => {
    const node = await nodeOf(workers);
    return node?.state === state && node;
  });

beforeAll(async () => {
  Object.assign(env(), { MAX_ACTIVE_BATCHES: 1 });
  context = await createContext();
  await save('cpu', 'resize', "'small'");
  await save('gpu', 'render', "'picture'");
  [cpu, gpu] = await Promise.all([start('cpu'), start('gpu')]);
  await until('both types are offered', async () => {
    await refreshTypes();
    return (await typeOf('resize'))?.state === 'offered' && (await typeOf('render'))?.state === 'offered';
  });
});

afterAll(async () => {
  await Promise.all([cpu.stop(), gpu.stop()]);
  await expectConsistent();
  rmSync(place, { recursive: true, force: true });
});

test('each machine is listed with the types and versions that it has, and what it runs', async () => {
  const gate = join(place, 'gate-listed');
  const { job: running } = await createJob(context, { type: 'render', data: { waitFor: gate } });
  const consumer = await until('the job is listed with its consumer', async () => {
    const found = (await nodeOf(gpu))?.consumers.find(({ active }) => active.some(({ jobId }) => jobId === running.id));
    return found && found.memoryBytes > 0 && found;
  });
  expect(consumer).toMatchObject({ activeCount: 1, active: [{ type: 'render', sinceMs: expect.any(Number) }] });
  const [one, other] = [await nodeOf(cpu), await nodeOf(gpu)];
  expect(one).toMatchObject({ version: VERSION, state: 'running', ownTypes: { resize: expect.any(String) } });
  expect(other?.ownTypes).toEqual({ render: (await typeOf('render'))?.version });
  expect(one?.jobsHash).not.toBe(other?.jobsHash);
  const stranger = await createContext({ role: 'owner' });
  const seen = (await listNodes(stranger)).flatMap(({ consumers }) => consumers);
  expect(seen.map(({ active }) => active)).toEqual(seen.map(() => []));
  expect(seen.reduce((sum, { activeCount }) => sum + activeCount, 0)).toBe(1);
  writeFileSync(gate, '');
  await jobEnded(context, running.id);
});

test('each attempt has the version of the code that ran it, and a comparison says what changed', async () => {
  const first = await launch('render', [{}, {}]);
  await batchEnded(context, first);
  const before = (await typeOf('render'))?.version ?? '';
  const [item] = (await listBatchJobs(context, first, { limit: 1 })).jobs;
  const ran = await getJob(context, item?.id ?? '');
  expect(ran).toMatchObject({ attempts: [{ codeVersion: before }], offeredVersions: [before] });

  await save('gpu', 'render', "'other picture'");
  const after = await until('the saved file is offered', async () => {
    const version = (await typeOf('render'))?.version;
    return version !== before && version;
  });
  expect(await getJob(context, ran.id)).toMatchObject({
    attempts: [{ codeVersion: before }],
    offeredVersions: [after],
  });
  // Until the new consumer is ready the one before may take items.
  const second = await until('a batch runs with the new code alone', async () => {
    const id = await launch('render', [{}, {}]);
    await batchEnded(context, id);
    const { here } = await compareBatches(context, id, { with: first });
    return here.codeVersions.every(({ version }) => version === after) && id;
  });
  expect(await compareBatches(context, second, { with: first })).toMatchObject({
    here: { codeVersions: [{ version: after, items: 2 }] },
    there: { codeVersions: [{ version: before, items: 2 }] },
  });

  const failing = await createJob(context, { type: 'diagnostic', data: { outcome: 'fail-once' }, maxAttempts: 2 });
  const { attempts, offeredVersions } = await jobEnded(context, failing.job.id);
  expect(attempts).toMatchObject([
    { outcome: 'failed', codeVersion: VERSION },
    { outcome: 'completed', codeVersion: VERSION },
  ]);
  expect(offeredVersions).toEqual([VERSION]);
});

test('a stopped machine: its batch says what is missing, blocks nobody, and goes on by itself when it is back', async () => {
  const gate = join(place, 'gate-stopped');
  const held = await launch('render', [{ waitFor: gate }, { waitFor: gate }]);
  await until('it holds the only slot', async () => (await getBatch(context, held)).holdsSlot);
  await gpu.stop();
  await until('nobody has the type', async () => (await typeOf('render'))?.state === 'no-worker');
  expect(await typeOf('render')).toMatchObject({ workers: [], noWorkerSince: expect.any(String) });
  expect(await nodeOf(gpu)).toBeUndefined();

  const late = await launch('render', [{}]);
  const others = [await launch('resize', [{}, {}]), await launch('diagnostic', [{ durationMs: 1 }])];
  for (const id of others) expect(await batchEnded(context, id)).toMatchObject({ status: 'completed' });
  for (const id of [held, late]) {
    expect(await getBatch(context, id)).toMatchObject({ lacksWorker: true, holdsSlot: false, finishedAt: null });
  }
  const { items } = await listAttention(context);
  expect(items).toContainEqual(expect.objectContaining({ kind: 'no-worker', id: 'no-worker:render', count: 3 }));
  const [item] = (await listBatchJobs(context, late, { limit: 1 })).jobs;
  expect((await getJob(context, item?.id ?? '')).offeredVersions).toEqual([]);

  writeFileSync(gate, '');
  gpu = await start('gpu');
  for (const id of [held, late]) {
    expect(await batchEnded(context, id)).toMatchObject({ status: 'completed', lacksWorker: false });
  }
});

test('a drained machine ends what runs, takes nothing more, and takes work again', async () => {
  const gate = join(place, 'gate-drained');
  const { job: running } = await createJob(context, { type: 'render', data: { waitFor: gate } });
  await until('it runs', async () => (await getJob(context, running.id)).status === 'active');
  const batchId = await launch(
    'diagnostic',
    Array.from({ length: 3000 }, () => ({ durationMs: 2 })),
  );
  await until('both machines work', async () => {
    const nodes = await listNodes(context);
    return nodes.length === 2 && nodes.every(({ consumers }) => consumers.some(({ activeCount }) => activeCount > 0));
  });
  const id = (await nodeOf(gpu))?.id ?? '';
  const { node } = await drainNode(context, id, { draining: true });
  expect(node).toMatchObject({ state: 'draining', drainRequestedAt: expect.any(String) });
  await until('its supervisor has acknowledged it', async () => (await nodeOf(gpu))?.drainingAt);
  expect(await batchEnded(context, batchId)).toMatchObject({ status: 'completed', completed: 3000 });
  const { rows } = await pool().query('select 1 from job where batch_id = $1 and attempts_made <> 1', [batchId]);
  expect(rows).toEqual([]);
  expect(await getJob(context, running.id)).toMatchObject({ status: 'active' });
  expect((await typeOf('render'))?.state).toBe('no-worker');
  const { job: waiting } = await createJob(context, { type: 'render', data: {} });

  writeFileSync(gate, '');
  expect(await jobEnded(context, running.id)).toMatchObject({ status: 'completed', attemptsMade: 1 });
  await nodeWith('drained', gpu);
  expect(await getJob(context, waiting.id)).toMatchObject({ status: 'pending' });
  expect((await drainNode(context, id, { draining: true })).node.state).toBe('drained');

  expect((await drainNode(context, id, { draining: false })).node.state).toBe('running');
  expect(await jobEnded(context, waiting.id)).toMatchObject({ status: 'completed' });
  const actions = await pool().query(
    "select action from audit where target_id = $1 and target_kind = 'worker' order by id",
    [id],
  );
  expect(actions.rows).toEqual([{ action: 'worker.drain' }, { action: 'worker.resume' }]);
});

test('a machine that drains can be stopped, and what it ran goes on elsewhere', async () => {
  const { job: running } = await createJob(context, { type: 'diagnostic', data: { durationMs: 60_000 } });
  await until('it runs', async () => (await getJob(context, running.id)).status === 'active');
  const holder = await until('its machine is known', async () =>
    (await listNodes(context)).find(({ consumers }) =>
      consumers.some(({ active }) => active.some(({ jobId }) => jobId === running.id)),
    ),
  );
  await drainNode(context, holder.id, { draining: true });
  const workers = holder.pid === gpu.process.pid ? gpu : cpu;
  await nodeWith('draining', workers);
  expect(await workers.stop()).toBe(0);
  await until('another machine runs it', async () =>
    (await listNodes(context)).some(
      ({ id, consumers }) =>
        id !== holder.id && consumers.some(({ active }) => active.some(({ jobId }) => jobId === running.id)),
    ),
  );
  await expect(drainNode(context, holder.id, { draining: true })).rejects.toMatchObject({ code: 'not-found' });
  const member = asMember(context, 'owner');
  await expect(drainNode(member, holder.id, { draining: true })).rejects.toMatchObject({ code: 'forbidden' });
});
