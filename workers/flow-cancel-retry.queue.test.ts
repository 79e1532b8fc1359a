import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FLOW_POLICIES } from '@/lib/contracts/flow';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { retryFlow } from '@/lib/domain/flow/retry-flow';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { retryJob } from '@/lib/domain/job/retry-job';
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

describe('cancelling', () => {
  test('a flow lets running nodes complete and starts no other node', async () => {
    const gate = await closedGate();
    const flowId = await createFlow(
      context,
      parent('root', [
        held('runs', gate),
        leaf('waits', {}, { delay: 60_000 }),
        parent('inner', [leaf('x', {}, { delay: 60_000 })]),
      ]),
    );
    await until('it runs', async () => (await wholeFlow(context, flowId)).counts.active === 1);
    await cancelFlow(context, flowId);
    gate.open();
    const flow = await flowEnded(context, flowId);
    expect(flow).toMatchObject({ status: 'cancelled', cancelMode: 'graceful' });
    expect(statusesOf(flow)).toEqual({
      root: 'cancelled',
      runs: 'completed',
      waits: 'cancelled',
      inner: 'cancelled',
      x: 'cancelled',
    });
    await expect(cancelFlow(context, flowId)).rejects.toMatchObject({ code: 'already-finished' });
  });

  test('a flow by force aborts its running nodes', async () => {
    const flowId = await createFlow(context, parent('root', [leaf('runs', { durationMs: 60_000 })]));
    await until('it runs', async () => (await wholeFlow(context, flowId)).counts.active === 1);
    await cancelFlow(context, flowId, { force: true });
    expect(statusesOf(await flowEnded(context, flowId))).toEqual({ root: 'cancelled', runs: 'cancelled' });
  });

  test.each(FLOW_POLICIES)(
    'one node applies the failure policy to the parent that waits for it: %s',
    async (policy) => {
      const flowId = await createFlow(
        context,
        parent('root', [
          parent('inner', [leaf('node', {}, { delay: 60_000, onFailure: policy }), leaf('other', { payload: 1 })]),
        ]),
      );
      const node = (await wholeFlow(context, flowId)).children[0]?.children[0]?.job.id ?? '';
      await cancelJob(context, node);
      const flow = await flowEnded(context, flowId);
      const above = policy === 'fail-parent' ? 'cancelled' : 'completed';
      expect(statusesOf(flow)).toEqual({ root: above, inner: above, node: 'cancelled', other: 'completed' });
    },
  );
});

describe('retrying', () => {
  const broken = () =>
    parent('root', [
      parent('inner', [leaf('bad', { outcome: 'fail' }), leaf('good', { payload: 1 })]),
      leaf('side', { payload: 2 }),
    ]);

  test('a flow runs its failed nodes and the nodes that waited for them, and no completed node', async () => {
    const flowId = await createFlow(context, broken());
    const flow = await flowEnded(context, flowId);
    expect(statusesOf(flow)).toEqual({
      root: 'failed',
      inner: 'failed',
      bad: 'failed',
      good: 'completed',
      side: 'completed',
    });
    const bad = flow.children[0]?.children[0]?.job.id ?? '';
    await pool().query(`update job set data = '{"payload": 5}' where id = $1`, [bad]);
    const { retried } = await retryFlow(context, flowId, { only: 'all' });
    expect(retried).toBe(3);
    const again = await flowEnded(context, flowId);
    expect(again).toMatchObject({ status: 'completed', counts: { completed: 5 } });
    expect(again.children[0]?.job.result).toMatchObject({ sum: 6 });
    expect(again.children[0]?.children[1]?.job.finishedAt).toBe(flow.children[0]?.children[1]?.job.finishedAt);
    await expect(retryFlow(context, flowId, { only: 'all' })).rejects.toMatchObject({ code: 'not-retryable' });
  });

  test('one node with corrected data also runs the nodes that wait for it', async () => {
    const flowId = await createFlow(context, broken());
    const bad = (await flowEnded(context, flowId)).children[0]?.children[0]?.job.id ?? '';
    await retryJob(context, bad, { data: { payload: 8 } });
    const flow = await flowEnded(context, flowId);
    expect(flow).toMatchObject({ status: 'completed' });
    expect(flow.children[0]?.job.result).toMatchObject({ sum: 9 });
  });
});
