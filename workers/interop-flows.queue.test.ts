import type { Job } from 'bullmq';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Context } from '@/lib/domain/context';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { retryFlow } from '@/lib/domain/flow/retry-flow';
import { readExternalTree } from '@/lib/interop/external-job';
import { bull, closeOpened, endOf, open } from '@/lib/testing/bull-client';
import { wholeFlow } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  // The only organization: jobs of external clients belong to it.
  context = await createContext();
  workers = await startWorkers();
});

afterAll(async () => {
  await closeOpened();
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

test('a flow that another client adds becomes a flow with the same failure policies', async () => {
  const producer = open(new bull.FlowProducer());
  const tree = await producer.add({
    name: 'their root',
    queueName: 'collect',
    data: { field: 'payload' },
    children: [
      { name: 'one', queueName: 'diagnostic', data: { payload: 1 } },
      { name: 'two', queueName: 'diagnostic', data: { outcome: 'fail' }, opts: { ignoreDependencyOnFailure: true } },
      {
        name: 'inner',
        queueName: 'collect',
        data: {},
        children: [{ name: 'leaf', queueName: 'diagnostic', data: {} }],
      },
    ],
  });
  const flow = await until('the flow has finished', async () => {
    const [found] = (await listFlows(context, { q: 'their root', limit: 1 })).flows;
    return found?.finishedAt ? wholeFlow(context, found.id) : undefined;
  });
  expect(flow).toMatchObject({ status: 'completed', total: 5, counts: { completed: 4, failed: 1 } });
  expect(flow.job.result).toMatchObject({ count: 2, sum: 1 });
  const queue = open(new bull.Queue('collect', {}));
  const root = await endOf(queue, tree.job.id);
  expect(root.returnvalue).toMatchObject({ sum: 1 });
});

test("the job of another client's parent ends as its row does, whatever policies its children declare", async () => {
  const producer = open(new bull.FlowProducer());
  const collect = open(new bull.Queue('collect', {}));
  const child = (payload: number, more: object = {}, opts: object = {}) => ({
    name: `child ${payload}`,
    queueName: 'diagnostic',
    data: { payload, ...more },
    opts,
  });
  const parent = (name: string, children: object[]) =>
    producer.add({ name, queueName: 'collect', data: { field: 'payload' }, children } as never);

  // The row ends first; BullMQ's job ends after the last child.
  const eager = await parent('goes ahead', [
    child(1, { outcome: 'fail' }, { continueParentOnFailure: true }),
    child(2, { durationMs: 1500 }),
  ]);
  expect((await endOf(collect, eager.job.id)).returnvalue).toMatchObject({ count: expect.any(Number) });

  // BullMQ would let this job wait forever.
  const plain = await parent('no option', [child(3, { outcome: 'fail-once' }), child(4)]);
  expect((await endOf(collect, plain.job.id)).failedReason).toContain('child 3');
  const [flow] = (await listFlows(context, { q: 'no option', limit: 1 })).flows;
  await retryFlow(context, flow?.id ?? '', { only: 'failed' });
  await until('it has completed', async () => (await collect.getJobState(plain.job.id ?? '')) === 'completed');
  expect((await collect.getJob(plain.job.id ?? ''))?.returnvalue).toMatchObject({ count: 2 });

  // BullMQ fails this job without running it, and keeps it for inspection.
  const told = await parent('told to fail', [child(5, { outcome: 'fail' }, { failParentOnFailure: true }), child(6)]);
  expect((await endOf(collect, told.job.id)).failedReason).toMatch(/child .* failed/);

  // In the order in which they were added.
  const many = await parent(
    'in order',
    Array.from({ length: 6 }, (_, i) => child(i)),
  );
  expect((await endOf(collect, many.job.id)).returnvalue).toMatchObject({ values: [0, 1, 2, 3, 4, 5] });
});

test('a parent waits for a child on an external queue and receives its value', async () => {
  const producer = open(new bull.FlowProducer());
  const collect = open(new bull.Queue('collect', {}));
  const tree = (name: string, children: object[]) =>
    producer.add({ name, queueName: 'collect', data: { field: 'payload' }, children } as never);
  const theirs = { name: 'theirs', queueName: 'not-ours', data: {} };
  const mixed = await tree('mixed children', [{ name: 'ours', queueName: 'diagnostic', data: { payload: 1 } }, theirs]);
  const only = await tree('theirs alone', [theirs]);
  open(new bull.Worker('not-ours', async () => ({ payload: 41 }), {}));
  expect((await endOf(collect, mixed.job.id)).returnvalue).toMatchObject({ count: 2, sum: 42 });
  expect((await endOf(collect, only.job.id)).returnvalue).toMatchObject({ count: 1, sum: 41 });
});

test('a child on an external queue also counts if it ended before the tree was adopted', async () => {
  const ours = { name: 'ours', queueName: 'diagnostic', data: {}, opts: { delay: 3_600_000 } };
  const theirs = { name: 'theirs', queueName: 'quick-and-not-ours', data: {} };
  const producer = open(new bull.FlowProducer());
  const tree = await producer.add({ name: 'late', queueName: 'collect', data: {}, children: [ours, theirs] } as never);
  open(new bull.Worker('quick-and-not-ours', async () => ({ payload: 41 }), {}));
  await until('their child has ended', async () => (await tree.job.getDependenciesCount()).processed === 1);
  const [child] = (tree.children ?? []).map(({ job }) => job).filter((job) => job.queueName === 'diagnostic');
  expect(await readExternalTree('diagnostic', child as Job, 100)).toMatchObject([
    { queue: 'collect', outside: true },
    { queue: 'diagnostic', outside: false },
  ]);
  await child?.remove();
});
