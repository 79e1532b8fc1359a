import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/pool';
import type { Context } from '@/lib/domain/context';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { createFlows } from '@/lib/domain/flow/create-flows';
import { getFlow, getFlowSummary } from '@/lib/domain/flow/get-flow';
import { retryFlow } from '@/lib/domain/flow/retry-flow';
import { createContext } from '@/lib/testing/factories';
import { expectConsistent } from '@/lib/testing/oracle';
import { policyViolations, randomTree, seeded } from '@/lib/testing/random-trees';
import { startWorkers, type Workers } from '@/lib/testing/services/start-workers';
import { until } from '@/lib/testing/until';

const LEAVES = 10_000;
const SEED = 20_251_122;
const TREES = 80;
const KILLS = 4;

let context: Context;
let workers: Workers;

beforeAll(async () => {
  context = await createContext();
  workers = await startWorkers({ WORKER_PROCESSES: '2', LOG_LEVEL: 'fatal' });
});

afterAll(async () => {
  expect(await workers.stop()).toBe(0);
});

test(`a flow of ${LEAVES} leaves completes, and its root reads all their values`, async () => {
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
    { everyMs: 200 },
  );
  expect(flow).toMatchObject({ status: 'completed', counts: { completed: LEAVES + 1 } });
  const tree = await getFlow(context, flowId, { depth: 1, children: 3, values: false });
  expect(tree).toMatchObject({ childCount: LEAVES, nextCursor: '3', childCounts: { completed: LEAVES } });
  await expectConsistent();
});

async function killConsumer(random: () => number): Promise<void> {
  const { rows } = await pool().query<{ pid: number }>(
    'select pid from consumer where ended_at is null and pid is not null',
  );
  const victim = rows[Math.floor(random() * rows.length)];
  if (!victim) return;
  try {
    process.kill(victim.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const open = async (): Promise<number> => {
  const { rows } = await pool().query<{ n: number }>('select count(*)::int as n from flow where finished_at is null');
  return rows[0]?.n ?? 0;
};

test(`${TREES} random trees end as their failure policies say, whatever process dies meanwhile`, async () => {
  const random = seeded(SEED);
  const flowIds: string[] = [];
  for (let i = 0; i < TREES; i += 10) {
    const flows = Array.from({ length: 10 }, (_, n) => randomTree(random, `tree ${i + n}`));
    const { result } = await createFlows(context, { flows });
    flowIds.push(...result.flowIds);
    if (i % (TREES / KILLS) === 20) await killConsumer(random);
  }
  // Cancels and retries race with running jobs; each may come too early or too late.
  const some = () => flowIds[Math.floor(random() * flowIds.length)] ?? '';
  const cancelled = new Set(Array.from({ length: 10 }, some));
  await Promise.allSettled([
    ...[...cancelled].map((id) => cancelFlow(context, id, { force: random() < 0.5 })),
    ...Array.from({ length: 10 }, () => retryFlow(context, some(), { only: 'all' })),
  ]);
  await until('every tree has finished', async () => (await open()) === 0, { everyMs: 200 });
  await expectConsistent();
  const faults: string[] = [];
  for (const id of flowIds) {
    const tree = await getFlow(context, id, { depth: 100, children: 100, values: true });
    faults.push(...policyViolations(tree, { cancelled: cancelled.has(id) }));
  }
  expect(faults).toEqual([]);
});
