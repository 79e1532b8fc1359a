import { logger } from '@/lib/config/logger';
import { isRedisAway } from '@/lib/config/redis';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { deliverJobs } from '@/lib/domain/job/deliver-job';
import { traceHandingOver } from '@/lib/domain/monitoring/trace-making';
import { isExternalType } from '@/lib/job-types/catalogue';
import { addTrees, type QueueTree } from '@/lib/queue/add-trees';
import type { PlannedFlow, PlannedNode } from './plan-flows';

/**
 * Requests up to this size go to the queue as trees, through BullMQ's FlowProducer. It adds node by node in one
 * transaction (docs/architecture.md has the figures), so wider ones are handed over in windows, and rows release parents.
 */
export const TREE_NODES = 1000;
/** Leaves of one hand-over of a wide flow. */
const WINDOW = 1000;
/** Leaves of a wide flow in one delivery: queues on Postgres finish few deliveries a second, and here are thousands. */
const TOGETHER = 8;

/** Gives new flows to the queue. What does not arrive is found by the sweep and delivered from the rows. */
export async function handOverFlows(flows: PlannedFlow[], asTree: boolean, correlationId?: string): Promise<void> {
  try {
    if (asTree) {
      const from = Date.now();
      const asOf = flows.some((flow) => flow.nodes.some((n) => n.delayMs > 0)) ? await databaseNow() : undefined;
      await addTrees(flows.map((flow) => treeOf(flow, correlationId, asOf)));
      for (const { id, type } of flows) {
        traceHandingOver(type, [{ id, flowId: id, correlationId: correlationId ?? id }], from);
      }
      return;
    }
    const leaves = flows.flatMap((f) => f.nodes.filter((n) => n.childCount === 0).map((n) => n.id));
    for (let at = 0; at < leaves.length; at += WINDOW) await deliverJobs(leaves.slice(at, at + WINDOW), TOGETHER);
  } catch (error) {
    const level = isRedisAway(error) ? 'debug' : 'warn';
    logger[level](
      { err: error, flows: flows.map((f) => f.id) },
      'the queue did not take a flow; the sweep delivers it',
    );
  }
}

/** Delays count by the database's clock, whichever machine hands them over. */
async function databaseNow(): Promise<number> {
  const { rows } = await pool().query<{ now: number }>(sql`select extract(epoch from now())::float8 * 1000 as now`);
  return rows[0]?.now ?? Date.now();
}

/** The nodes of a plan as the tree that the queue takes. */
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
