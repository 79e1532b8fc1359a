import {
  type FlowDto,
  type FlowJobDto,
  type FlowNodeDto,
  type FlowSummaryDto,
  type FlowTreeQuery,
  MAX_TREE_NODES,
} from '@/lib/contracts/flow';
import { PREVIEW_BYTES } from '@/lib/contracts/job';
import { must } from '@/lib/contracts/must';
import { isId } from '@/lib/db/ids';
import { pool } from '@/lib/db/pool';
import { sql } from '@/lib/db/sql';
import { type Queryable, transaction } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { type JobRow, type SummaryRow, toListedJob, treeSelect } from '@/lib/domain/job/job-row';
import { type Door, openDoor } from '@/lib/domain/redaction/door';
import { FLOW_SELECT, type FlowRow, toFlowSummary } from './flow-row';
import { type NodeRow, readNodes, Tree, toNode } from './tree';

/** Returns those of the given flows that exist in the organization. */
export async function getFlows(context: Context, flowIds: string[]): Promise<FlowSummaryDto[]> {
  requirePermission(context, 'flow.see');
  return loadFlows(context, flowIds);
}

async function loadFlows(context: Context, flowIds: string[]): Promise<FlowSummaryDto[]> {
  const ids = flowIds.filter(isId);
  if (ids.length === 0) return [];
  const door = await openDoor(context);
  return (await readFlows(pool(), context, ids)).map((row) => toFlowSummary(row, door));
}

/** Returns a flow without its nodes. @throws `not-found` */
export async function getFlowSummary(context: Context, flowId: string): Promise<FlowSummaryDto> {
  requirePermission(context, 'flow.see');
  return loadFlowSummary(context, flowId);
}

/** Returns a flow to whoever may act on it, for the answer of the action. @throws DomainError `not-found` */
export async function loadFlowSummary(context: Context, flowId: string): Promise<FlowSummaryDto> {
  const [flow] = await loadFlows(context, [flowId]);
  if (!flow) throw notFound('flow', flowId);
  return flow;
}

async function readFlows(db: Queryable, context: Context, ids: string[]): Promise<FlowRow[]> {
  const { rows } = await db.query<FlowRow>(
    sql`${FLOW_SELECT} where f.id = any(${ids}::uuid[]) and f.organization_id = ${context.organizationId}`,
  );
  return rows;
}

/**
 * Returns a flow with the tree of its nodes, from one snapshot, so that counts and jobs are consistent. The limits are
 * `depth` levels, `children` of a node, and MAX_TREE_NODES in all. `nextCursor` is set where more nodes follow.
 * @throws `not-found`
 */
export async function getFlow(context: Context, flowId: string, query: FlowTreeQuery): Promise<FlowDto> {
  requirePermission(context, 'flow.see');
  if (!isId(flowId)) throw notFound('flow', flowId);
  const door = await openDoor(context);
  return transaction(async ({ db }) => {
    await db.query(sql`set transaction isolation level repeatable read, read only`);
    const [flow] = await readFlows(db, context, [flowId]);
    if (!flow) throw notFound('flow', flowId);
    const tree = new Tree(await readNodes(db, flowId));
    const chosen = choose(tree, query);
    const jobs = await readJobs(db, door, {
      ids: chosen.map((n) => n.id),
      values: query.values,
    });
    return { ...toFlowSummary(flow, door), ...build(tree, chosen, jobs) };
  });
}

/** Chooses nodes level by level, so that one wide fan-out does not use the whole limit. */
function choose(tree: Tree, { depth, children }: FlowTreeQuery): NodeRow[] {
  const chosen: NodeRow[] = tree.root ? [tree.root] : [];
  for (let i = 0; i < chosen.length && chosen.length < MAX_TREE_NODES; i += 1) {
    const node = chosen[i];
    if (!node || node.depth >= depth) continue;
    chosen.push(...tree.childrenOf(node.id).slice(0, Math.min(children, MAX_TREE_NODES - chosen.length)));
  }
  return chosen;
}

function build(tree: Tree, chosen: NodeRow[], jobs: Map<string, FlowJobDto>): FlowNodeDto {
  const nodes = new Map<string, FlowNodeDto>();
  for (const row of chosen) {
    const node = toNode(tree, row, jobs.get(row.id) as FlowJobDto);
    nodes.set(row.id, node);
    const parent = row.parent_job_id ? nodes.get(row.parent_job_id) : undefined;
    if (!parent) continue;
    parent.children.push(node);
    parent.nextCursor = parent.children.length < parent.childCount ? String(parent.children.length) : null;
  }
  return must(nodes.get(must(tree.root, 'The root of a flow').id), 'The node of its root');
}

/** Bytes of all previews, and of all values, in one response: in a large tree each node gets less. */
const ALL_PREVIEWS = 512 * 1024;
const ALL_VALUES = 1024 ** 2;
const MAX_PER_NODE = 2048;
const MIN_PER_NODE = 64;

const share = (all: number, nodes: number, most: number): number =>
  Math.max(MIN_PER_NODE, Math.min(most, Math.floor(all / (2 * Math.max(1, nodes)))));

/**
 * Reads jobs of a tree by id. The more there are, the smaller are their previews.
 * @param values true: with data and result if they are small; false: with null for both; undefined: without both
 */
export async function readJobs(
  db: Queryable,
  door: Door,
  { ids, values }: { ids: string[]; values?: boolean | undefined },
): Promise<Map<string, FlowJobDto>> {
  const bytes = share(ALL_PREVIEWS, ids.length, PREVIEW_BYTES);
  const select = treeSelect(bytes, values ? share(ALL_VALUES, ids.length, MAX_PER_NODE) : 0);
  const { rows } = await db.query<SummaryRow & Pick<JobRow, 'data' | 'result'>>(
    sql`${select} where j.id = any(${ids}::uuid[])`,
  );
  return new Map(
    rows.map((row) => {
      const listed = toListedJob(row, door, bytes);
      if (values === undefined || door.level === 'hidden') return [row.id, listed];
      return [row.id, { ...listed, data: door.small(row.data, 'data'), result: door.small(row.result, 'result') }];
    }),
  );
}
