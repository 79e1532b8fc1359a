import type { FlowJob, FlowProducer } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  FLOW_POLICIES,
  type FlowDto,
  type FlowNodeBody,
  type FlowNodeDto,
  type FlowPolicy,
} from '@/lib/contracts/flow';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { listFlows } from '@/lib/domain/flow/list-flows';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { definitionOf } from '@/lib/job-types/catalogue';
import { queueClasses } from '@/lib/queue/queues';
import { wholeFlow } from '@/lib/testing/ended';
import { createContext } from '@/lib/testing/factories';
import { statusesOf } from '@/lib/testing/flow-nodes';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';
import { BaseWorker } from '@/workers/models';

// No flow stays in waiting-children forever: each policy × depth × way to fail.
const DEPTHS = [1, 3];
interface Place {
  policy: FlowPolicy;
  depth: number;
}
const CASES: Place[] = FLOW_POLICIES.flatMap((policy) => DEPTHS.map((depth) => ({ policy, depth })));
let context: Context;
let workers: Workers;
let hangs: BaseWorker<'external'>;

beforeAll(async () => {
  // The only organization: jobs of external clients belong to it.
  context = await createContext();
  workers = await startWorkers({ LOG_LEVEL: 'silent' }, { quiet: true });
  // An external program whose work is abandoned soon and reacts only to its signal.
  definitionOf('external').defaults.timeoutMs = 200;
  hangs = new BaseWorker({ type: 'external' }, async ({ signal }) => {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
  });
  await hangs.start();
});

afterAll(async () => {
  await hangs.close();
  expect(await workers.stop()).toBe(0);
  await expectConsistent();
});

const good: FlowNodeBody = { name: 'good', type: 'diagnostic', data: { payload: 7 } };

/** Builds a tree: `bad` among the children of the deepest parent, `depth` parents above it, each with another child. */
function treeOf(bad: FlowNodeBody, depth: number): FlowNodeBody {
  let node = bad;
  for (let level = 1; level <= depth; level += 1) {
    node = { name: `level ${level}`, type: 'collect', data: { field: 'payload' }, children: [node, good] };
  }
  return node;
}

const finished = (flowId: string, label: string): Promise<FlowDto> =>
  until(`the flow has finished: ${label}`, async () => {
    const flow = await wholeFlow(context, flowId);
    return flow.finishedAt !== null && flow;
  });

function nodeNamed(node: FlowNodeDto, name: string): FlowNodeDto | undefined {
  return node.job.name === name ? node : node.children.map((c) => nodeNamed(c, name)).find(Boolean);
}

/** Checks that all jobs ended as the child's policy defines. `end`: the outcome of the child. */
function expectPolicy(flow: FlowDto, { policy, depth }: Place, end: string, code?: string) {
  const label = `${policy}, ${depth} levels`;
  const above = policy === 'fail-parent' ? end : 'completed';
  const seen = statusesOf(flow);
  expect(flow.status, label).toBe(above);
  expect(seen, label).toMatchObject({ bad: end, good: 'completed' });
  for (let level = 1; level <= depth; level += 1) expect(seen[`level ${level}`], label).toBe(above);
  const bad = nodeNamed(flow, 'bad');
  if (code) expect(bad?.job.error?.code, label).toBe(code);
  const { job } = nodeNamed(flow, 'level 1') as FlowNodeDto;
  // An invalid child's error code is used for all parents that it kept from running.
  if (policy === 'fail-parent') expect(job.error?.code, label).toBe(code === 'invalid-input' ? code : `child-${end}`);
  else {
    const seenFailures = policy === 'remove' ? [] : [bad?.job.id];
    expect(Object.keys((job.result as { failures: object }).failures), label).toEqual(seenFailures);
  }
}

/** Builds a flow for each policy and depth, with a child that fails in one way. */
async function launch(bad: Partial<FlowNodeBody>, cases = CASES): Promise<string[]> {
  const flows = cases.map(({ policy, depth }) =>
    treeOf({ ...good, ...bad, name: 'bad', opts: { ...bad.opts, onFailure: policy } }, depth),
  );
  return (await createFlows(context, { flows })).result.flowIds;
}

async function expectPolicies(flowIds: string[], end: string, code?: string, cases = CASES): Promise<FlowDto[]> {
  const flows: FlowDto[] = [];
  for (const [i, place] of cases.entries()) {
    const flow = await finished(flowIds[i] ?? '', `${place.policy}, ${place.depth} levels`);
    expectPolicy(flow, place, end, code);
    flows.push(flow);
  }
  return flows;
}

describe('under each failure policy and at each depth, a child', () => {
  test('fails when it throws', async () => {
    await expectPolicies(await launch({ data: { outcome: 'fail' } }), 'failed');
  });

  test('fails when it has thrown on its last attempt', async () => {
    const opts = { attempts: 3, backoff: { type: 'fixed' as const, delay: 20 } };
    for (const flow of await expectPolicies(await launch({ data: { outcome: 'fail' }, opts }), 'failed')) {
      expect(nodeNamed(flow, 'bad')?.job.attemptsMade).toBe(3);
    }
  });

  test('fails when it exceeds its time limit', async () => {
    await expectPolicies(await launch({ type: 'external', data: {} }), 'failed', 'timeout');
  });

  test('can be cancelled before it starts', async () => {
    const flowIds = await launch({ opts: { delay: 60_000 } });
    const { rows } = await pool().query<{ id: string }>(
      `select id from job where flow_id = any($1::uuid[]) and name = 'bad'`,
      [flowIds],
    );
    await Promise.all(rows.map(({ id }) => cancelJob(context, id)));
    await expectPolicies(flowIds, 'cancelled');
  });

  test('can be cancelled by force while it runs', async () => {
    const flowIds = await launch({ data: { durationMs: 60_000 } });
    const running = await until('all of them run', async () => {
      const { rows } = await pool().query<{ id: string }>(
        `select id from job where flow_id = any($1::uuid[]) and name = 'bad' and status = 'active'`,
        [flowIds],
      );
      return rows.length === CASES.length && rows;
    });
    await Promise.all(running.map(({ id }) => cancelJob(context, id, { force: true })));
    await expectPolicies(flowIds, 'cancelled', 'cancelled');
  });

  test('fails when another client adds it with data that its type refuses', async () => {
    const Producer = queueClasses().FlowProducer as unknown as new () => FlowProducer;
    const producer = new Producer();
    const option: Record<FlowPolicy, object> = {
      'fail-parent': { failParentOnFailure: true },
      ignore: { ignoreDependencyOnFailure: true },
      'continue-parent': { continueParentOnFailure: true },
      remove: { removeDependencyOnFailure: true },
    };
    const bring = ({ name, type, data, children }: FlowNodeBody, opts: object = {}): FlowJob => ({
      name,
      queueName: type,
      data: data as object,
      // A failed intermediate node fails all nodes above it.
      opts: name === 'bad' ? opts : { failParentOnFailure: true },
      ...(children ? { children: children.map((child) => bring(child, opts)) } : {}),
    });
    for (const [i, { policy, depth }] of CASES.entries()) {
      const tree = treeOf({ ...good, name: 'bad', data: { durationMs: 'long' } }, depth);
      const root = { ...bring(tree, option[policy]), opts: {}, name: `brought ${i}` };
      await producer.add(root);
    }
    for (const [i, place] of CASES.entries()) {
      const flowId = await until(
        `flow ${i} was adopted`,
        async () => (await listFlows(context, { q: `brought ${i}`, limit: 1 })).flows[0]?.id,
      );
      const flow = await finished(flowId, `${place.policy}, ${place.depth} levels`);
      expectPolicy({ ...flow, job: { ...flow.job, name: `level ${place.depth}` } }, place, 'failed', 'invalid-input');
    }
    await producer.close();
  });

  // Last, and all at once: each of them crashes once more in quarantine, which is slow. Every level above is checked.
  test('fails when it kills its process twice', async () => {
    const deep = CASES.filter(({ depth }) => depth === Math.max(...DEPTHS));
    await expectPolicies(await launch({ data: { outcome: 'crash' } }, deep), 'failed', 'worker-crashed', deep);
  });
});
