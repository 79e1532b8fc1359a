import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Context } from '@/lib/domain/context';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { getFlow, getFlowSummary } from '@/lib/domain/flow/get-flow';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

vi.setConfig({ testTimeout: 240_000 });

const LEAVES = 10_000;

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers();
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
});

test(`a flow of ${LEAVES} leaves completes, and its root reads them all`, async () => {
  const children = Array.from({ length: LEAVES }, (_, i) => ({
    name: `map ${i}`,
    type: 'diagnostic',
    data: { payload: 1 },
    opts: { onFailure: 'ignore' as const },
  }));
  const { result } = await createFlows(context, {
    flow: { name: 'reduce', type: 'collect', data: { field: 'payload' }, children },
  });
  const [flowId = ''] = result.flowIds;
  const flow = await until(
    'it has finished',
    async () => {
      const summary = await getFlowSummary(context, flowId);
      const counts = Object.values(summary.counts).reduce((sum, n) => sum + n, 0);
      expect(counts).toBe(LEAVES + 1);
      return summary.finishedAt !== null && summary;
    },
    { timeoutMs: 220_000, everyMs: 200 },
  );
  expect(flow).toMatchObject({ status: 'completed', counts: { completed: LEAVES + 1 } });
  const tree = await getFlow(context, flowId, { depth: 1, children: 3, values: false });
  expect(tree).toMatchObject({ childCount: LEAVES, nextCursor: '3', childCounts: { completed: LEAVES } });
  await expectConsistent();
});
