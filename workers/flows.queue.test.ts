import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOW_POLICIES, type FlowDto, type FlowPolicy } from '@/lib/contracts/flow';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { closedGate } from '@/lib/testing/closed-gate';
import { flowEnded, wholeFlow } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { createFlow, held, leaf, parent, statusesOf } from '@/lib/testing/flow-nodes';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers({ OUTBOUND_ALLOW: '127.0.0.1' });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

describe('a flow', () => {
  test('runs children first and gives their values to the parent, over several levels and job types', async () => {
    const flowId = await createFlow(
      context,
      parent('load', [
        parent('transform', [leaf('api', { payload: 2 }), leaf('database', { payload: 3 }, { priority: 5 })]),
        leaf('schema', { payload: 'x', durationMs: 50 }),
      ]),
    );
    const flow = await flowEnded(context, flowId);
    expect(flow).toMatchObject({ id: flowId, status: 'completed', total: 5, levels: 3, progress: 100 });
    expect(flow.types).toEqual(['collect', 'diagnostic']);
    const [transform, schema] = flow.children;
    expect(transform?.job.result).toMatchObject({ values: [2, 3], sum: 5, failures: {}, pending: [] });
    expect(flow.job.result).toMatchObject({ values: [null, 'x'], count: 2 });
    expect(transform?.job.parentJobId).toBe(flow.job.id);
    expect(schema?.job).toMatchObject({ flowId, correlationId: flow.correlationId });
    expect(flow.counts).toMatchObject({ completed: 5, 'waiting-children': 0 });
    expect(Date.parse(flow.job.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(transform?.job.finishedAt ?? ''));
  });

  test('has the status waiting-children until its children have ended', async () => {
    const gate = await closedGate();
    const flowId = await createFlow(context, parent('waits', [held('slow', gate)]));
    await until('the child runs', async () => (await wholeFlow(context, flowId)).counts.active === 1);
    const flow = await wholeFlow(context, flowId);
    expect(flow).toMatchObject({ status: 'in-progress', job: { status: 'waiting-children', startedAt: null } });
    expect(flow.childCounts).toMatchObject({ active: 1 });
    gate.open();
    expect((await flowEnded(context, flowId)).status).toBe('completed');
  });

  test('applies the options of its nodes: attempts with backoff, and delays', async () => {
    const flowId = await createFlow(
      context,
      parent(
        'root',
        [
          leaf('again', { outcome: 'fail-once' }, { attempts: 2, backoff: { type: 'fixed', delay: 100 } }),
          leaf('later', {}, { delay: 400 }),
        ],
        { delay: 300 },
      ),
    );
    const flow = await flowEnded(context, flowId);
    expect(flow.status).toBe('completed');
    const [again, later] = flow.children;
    expect(again?.job).toMatchObject({ attemptsMade: 2, status: 'completed' });
    const started = (job: { startedAt: string | null } | undefined) => Date.parse(job?.startedAt ?? '');
    expect(started(later?.job) - Date.parse(flow.createdAt)).toBeGreaterThanOrEqual(390);
    expect(started(flow.job) - Date.parse(later?.job.finishedAt ?? '')).toBeGreaterThanOrEqual(290);
  });

  test('runs from the deepest node to the root over a hundred levels', async () => {
    let node = leaf('level 99', { payload: 1 });
    for (let level = 98; level >= 0; level -= 1) node = parent(`level ${level}`, [node]);
    const flow = await flowEnded(context, await createFlow(context, node));
    expect(flow).toMatchObject({ status: 'completed', levels: 100, total: 100 });
  });

  test('is created together with other flows, or none of them is; the same key creates it once', async () => {
    const good = parent('good', [leaf('child')]);
    const bad = parent('bad', [{ ...leaf('child'), data: { outcome: 'nonsense' } }]);
    const before = (await listFlows(context, { limit: 100 })).flows.length;
    await expect(createFlows(context, { flows: [good, bad] })).rejects.toMatchObject({
      code: 'invalid-data',
      errors: [{ path: 'flows.1.children.0.data.outcome' }],
    });
    await expect(createFlows(context, { flow: { ...good, type: 'nothing' } })).rejects.toMatchObject({
      code: 'unknown-job-type',
      errors: [{ path: 'flow.type' }],
    });
    expect((await listFlows(context, { limit: 100 })).flows.length).toBe(before);
    const first = await createFlows(context, { flows: [good, good] }, { idempotencyKey: 'twice' });
    const again = await createFlows(context, { flows: [good, good] }, { idempotencyKey: 'twice' });
    expect(first.outcome).toBe('created');
    expect(again).toEqual({ outcome: 'existing', result: first.result });
    expect(first.result.flowIds).toHaveLength(2);
    expect(first.result.jobIds).toHaveLength(4);
    await Promise.all(first.result.flowIds.map((id) => flowEnded(context, id)));
  });

  test('is delivered by the sweep if it was never enqueued, and no node runs twice', async () => {
    const flowId = await createFlow(
      context,
      parent('outbox', [leaf('a', { durationMs: 300, payload: 1 }), leaf('b', { payload: 2 })]),
    );
    // Simulates a process that died after the commit: the deliveries are lost, and the rows are older.
    const { queueOf } = await import('@/lib/queue/queues');
    await Promise.all([queueOf('diagnostic'), queueOf('collect')].map((q) => q.obliterate({ force: true })));
    await pool().query(`update job set created_at = now() - interval '1 minute' where flow_id = $1`, [flowId]);
    const flow = await flowEnded(context, flowId);
    expect(flow).toMatchObject({ status: 'completed', job: { result: { sum: 3 }, attemptsMade: 1 } });
    expect(flow.children.map((c) => c.job.attemptsMade)).toEqual([1, 1]);
  });
});

describe('a child that does not complete', () => {
  const expected: Record<FlowPolicy, string> = {
    'fail-parent': 'failed',
    ignore: 'completed',
    'continue-parent': 'completed',
    remove: 'completed',
  };

  test('affects its parent as its failure policy says, at any depth', async () => {
    const fails = FLOW_POLICIES.flatMap((policy) =>
      [1, 2, 4].map((depth) => ({ policy, depth, how: 'fails', data: { outcome: 'fail' } })),
    );
    // Crashed jobs run again in quarantine, which is slow: one here, each policy in
    // workers/flow-failures.queue.test.ts.
    const kills = (['fail-parent'] as const).map((policy) => ({
      policy,
      depth: 2,
      how: 'kills its process',
      data: { outcome: 'crash' },
    }));
    const cases = [...fails, ...kills];
    const flows = await Promise.all(
      cases.map(async ({ policy, depth, data }) => {
        const bad = leaf('bad', data, { onFailure: policy });
        let node = parent('level 1', [bad, leaf('good', { payload: 7, durationMs: 30 })]);
        for (let level = 2; level <= depth; level += 1)
          node = parent(`level ${level}`, [node, leaf(`beside ${level}`)]);
        return createFlow(context, node);
      }),
    );
    for (const [i, { policy, depth, how }] of cases.entries()) {
      const flow = await flowEnded(context, flows[i] ?? '');
      const label = `${policy}, ${depth} levels, ${how}`;
      const seen = statusesOf(flow);
      expect(flow.status, label).toBe(expected[policy]);
      expect(seen, label).toMatchObject({ bad: 'failed', good: 'completed' });
      for (let level = 1; level <= depth; level += 1) expect(seen[`level ${level}`], label).toBe(expected[policy]);
      let deepest: FlowDto['children'][number] = flow;
      while (deepest.job.name !== 'level 1') deepest = deepest.children[0] as typeof deepest;
      const failures = Object.values((deepest.job.result as { failures?: object } | null)?.failures ?? {});
      expect(failures, label).toHaveLength(policy === 'ignore' || policy === 'continue-parent' ? 1 : 0);
      if (policy === 'fail-parent') {
        expect(deepest.job, label).toMatchObject({ attemptsMade: 0, error: { code: 'child-failed' } });
        expect(flow.job.error?.message, label).toContain('“bad” failed');
      }
    }
  });

  test('starts the parent at once if its policy says so, and the parent sees which children are open', async () => {
    const gate = await closedGate();
    const flowId = await createFlow(
      context,
      parent('root', [leaf('bad', { outcome: 'fail' }, { onFailure: 'continue-parent' }), held('slow', gate)]),
    );
    const root = await until('the root has ended', async () => {
      const { job, children } = await wholeFlow(context, flowId);
      return job.status === 'completed' && { job, children };
    });
    expect(root.job.result).toMatchObject({ pending: [root.children[1]?.job.id], count: 0 });
    gate.open();
    const flow = await flowEnded(context, flowId);
    expect(flow.status).toBe('completed');
    const [rootEnd, slowEnd] = [flow.job.finishedAt, flow.children[1]?.job.finishedAt].map((at) =>
      Date.parse(at ?? ''),
    );
    expect(rootEnd).toBeLessThan(slowEnd ?? 0);
  });
});
