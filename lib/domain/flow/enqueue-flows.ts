import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { traceEnqueued } from '@/lib/domain/monitoring/trace-making';
import { isExternalType } from '@/lib/job-types/catalogue';
import { addTrees, type QueueTree } from '@/lib/queue/enqueue';
import type { PlannedFlow, PlannedNode } from './plan-flows';

/**
 * Requests up to this size are enqueued as trees, through BullMQ's FlowProducer. It adds node by node in one transaction
 * (docs/architecture.md has the figures), so wider flows are enqueued in windows, and their rows release the parents.
 */
export const TREE_NODES = 1000;
/** Leaves of a wide flow that are enqueued at once. */
const WINDOW = 1000;
/** Leaves of a wide flow in one delivery (a bundle): queues on Postgres finish few deliveries a second. */
const TOGETHER = 8;

/** Enqueues new flows. If the queue is unavailable, the sweep delivers them from their rows later. */
export async function enqueueFlows(
  flows: PlannedFlow[],
  { asTree, correlationId }: { asTree: boolean; correlationId: string | undefined },
): Promise<void> {
  try {
    if (asTree) {
      const from = Date.now();
      const asOf = flows.some((flow) => flow.nodes.some((n) => n.delayMs > 0)) ? await databaseNow() : undefined;
      await addTrees(flows.map((flow) => treeOf(flow, correlationId, asOf)));
      for (const { id, type } of flows) {
        traceEnqueued(type, [{ id, flowId: id, correlationId: correlationId ?? id }], from);
      }
      return;
    }
    const leaves = flows.flatMap((f) => f.nodes.filter((n) => n.childCount === 0).map((n) => n.id));
    for (let at = 0; at < leaves.length; at += WINDOW) await deliverJobs(leaves.slice(at, at + WINDOW), TOGETHER);
  } catch (error) {
    const level = isRedisAway(error) ? 'debug' : 'warn';
    logger[level](
      { err: error, flows: flows.map((f) => f.id) },
      'A flow could not be enqueued. The sweep will deliver it.',
    );
  }
}

/** Delays count by the database's clock, whichever machine enqueues them. */
async function databaseNow(): Promise<number> {
  const { rows } = await pool().query<{ now: number }>(sql`select extract(epoch from now())::float8 * 1000 as now`);
  return rows[0]?.now ?? Date.now();
}

/** Converts the nodes of a plan to a tree for the queue. */
function treeOf(flow: PlannedFlow, correlationId: string | undefined, asOf: number | undefined): QueueTree {
  const trees = new Map<string, QueueTree>();
  for (const node of flow.nodes) {
    const tree = leafOf(node, correlationId ?? flow.id, asOf);
    trees.set(node.id, tree);
    if (node.parentId) trees.get(node.parentId)?.children.push(tree);
  }
  return trees.get(flow.id) as QueueTree;
}

const leafOf = (node: PlannedNode, correlationId: string, asOf: number | undefined): QueueTree => ({
  name: node.type,
  row: {
    id: node.id,
    priority: node.priority,
    attempts: node.maxAttempts,
    delayMs: node.delayMs,
    ...(asOf === undefined ? {} : { asOf }),
    delivery: 0,
    correlationId,
    ...(isExternalType(node.type) ? { payload: { data: node.data, backoff: node.backoff } } : {}),
  },
  children: [],
});
