import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { createContext, truncateAll } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { advanceAllFlows, advanceFlows } from './advance-flows';
import { createFlows } from './create-flows';
import { getFlow, getFlowSummary } from './get-flow';
import { listFlowNodes } from './list-flow-nodes';
import { listFlows } from './list-flows';

let context: Context;
let flowId: string;
let leaves: string[];

const WIDTH = 30;

beforeEach(async () => {
  await truncateAll();
  context = await createContext();
  const children = Array.from({ length: WIDTH }, (_, i) => ({
    name: `child ${i}`,
    type: 'diagnostic',
    data: { payload: 'x'.repeat(i === 5 ? 5000 : 5) },
    opts: { onFailure: 'ignore' as const },
  }));
  const { result } = await createFlows(context, {
    flow: { name: 'needle in the hay', type: 'collect', data: {}, children },
  });
  [flowId = '', ...leaves] = result.jobIds;
});

/** Records outcomes like a consumer. */
async function end(ids: string[], status: 'completed' | 'failed'): Promise<void> {
  await pool().query(
    `update job set status = $2, attempt = 1, started_at = now(), finished_at = now() where id = any($1::uuid[])`,
    [ids, status],
  );
}

test('a wide node returns its children in pages, with the counts of all', async () => {
  await end(leaves.slice(0, 27), 'completed');
  await end(leaves.slice(27), 'failed');
  const flow = await getFlow(context, flowId, { depth: 1, children: 10, values: true });
  expect(flow.children.map((c) => c.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(flow).toMatchObject({ childCount: WIDTH, nextCursor: '10', childCounts: { completed: 27, failed: 3 } });
  expect(flow).toMatchObject({ status: 'in-progress', progress: 96, levels: 2, total: WIDTH + 1 });
  expect(flow.children[4]?.job.data).toEqual({ payload: 'xxxxx' });
  expect(flow.children[5]?.job.data).toBeNull();
  const page = await listFlowNodes(context, flowId, { limit: 25, cursor: 10 });
  expect(page.nodes.map((n) => n.index)).toEqual(Array.from({ length: 20 }, (_, i) => i + 10));
  expect(page.nextCursor).toBeNull();
  const failed = await listFlowNodes(context, flowId, { limit: 2, status: ['failed'] });
  expect(failed).toMatchObject({ nextCursor: '29', counts: { completed: 27, failed: 3 } });
  const bare = await getFlow(context, flowId, { depth: 0, children: 10, values: false });
  expect(bare).toMatchObject({ children: [], nextCursor: '0', job: { data: null } });
});

test('the list finds flows by name, by status and by the id of a node, in its organization only', async () => {
  const ids = async (query: object) => (await listFlows(context, { limit: 20, ...query })).flows.map((f) => f.id);
  expect(await ids({ q: 'needle' })).toEqual([flowId]);
  expect(await ids({ q: leaves[3] })).toEqual([flowId]);
  expect(await ids({ q: '100%' })).toEqual([]);
  expect(await ids({ status: ['pending'] })).toEqual([flowId]);
  await end(leaves.slice(0, 1), 'completed');
  expect(await ids({ status: ['pending'] })).toEqual([]);
  expect(await ids({ status: ['in-progress'] })).toEqual([flowId]);
  const stranger = await createContext();
  expect((await listFlows(stranger, { limit: 20 })).flows).toEqual([]);
  await expect(getFlowSummary(stranger, flowId)).rejects.toMatchObject({ code: 'not-found' });
  await expect(listFlowNodes(stranger, flowId, { limit: 10 })).rejects.toMatchObject({ code: 'not-found' });
});

test('a parent is released by the end of its last child, or by the sweep if that was lost', async () => {
  await end(leaves.slice(1), 'completed');
  expect(await advanceFlows(leaves.slice(1), [flowId])).toMatchObject({ changes: [] });
  await end(leaves.slice(0, 1), 'failed');
  const [one, two] = await Promise.all([advanceAllFlows(), advanceFlows(leaves.slice(0, 1), [flowId])]);
  expect([...one.changes, ...two.changes]).toMatchObject([{ jobId: flowId, status: 'pending' }]);
  await end([flowId], 'completed');
  expect(await advanceAllFlows()).toMatchObject({ finished: [flowId] });
  expect(await getFlowSummary(context, flowId)).toMatchObject({
    status: 'completed',
    progress: 100,
    counts: { completed: WIDTH, failed: 1 },
    startedAt: expect.any(String),
  });
  await expectConsistent();
});
