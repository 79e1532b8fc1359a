import {
  type FlowDto,
  type FlowNodeDto,
  type FlowSummaryDto,
  type FlowTreeQuery,
  MAX_TREE_NODES,
} from '@/lib/contracts/flow';
import type { JobDto } from '@/lib/contracts/job';
import { isId, pool, type Sql, transaction } from '@/lib/db';
import type { Context } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { type JobRow, jobSelect, toJobDto } from '@/lib/domain/job/rows';
import { FLOW_SELECT, type FlowRow, toFlowSummary } from './rows';
import { type NodeRow, readNodes, Tree, toNode } from './tree';

/** Those of the given flows that exist in the organisation. */
export async function getFlows(context: Context, flowIds: string[]): Promise<FlowSummaryDto[]> {
  const ids = flowIds.filter(isId);
  return ids.length === 0 ? [] : (await readFlows(pool(), context, ids)).map(toFlowSummary);
}

/** A flow without its nodes. @throws `not-found` */
export async function getFlowSummary(context: Context, flowId: string): Promise<FlowSummaryDto> {
  const [flow] = await getFlows(context, [flowId]);
  if (!flow) throw notFound('flow', flowId);
  return flow;
}

async function readFlows(sql: Pick<Sql, 'query'>, context: Context, ids: string[]): Promise<FlowRow[]> {
  const { rows } = await sql.query<FlowRow>(`${FLOW_SELECT} where f.id = any($1::uuid[]) and f.organization_id = $2`, [
    ids,
    context.organizationId,
  ]);
  return rows;
}

/**
 * A flow with the tree of its nodes, from one snapshot, so that counts and jobs agree. Level by level up to the
 * limits: `depth` levels, `children` of a node, and MAX_TREE_NODES in all; `nextCursor` says where more follow.
 * @throws `not-found`
 */
export async function getFlow(context: Context, flowId: string, query: FlowTreeQuery): Promise<FlowDto> {
  if (!isId(flowId)) throw notFound('flow', flowId);
  return transaction(async ({ sql }) => {
    await sql.query('set transaction isolation level repeatable read, read only');
    const [flow] = await readFlows(sql, context, [flowId]);
    if (!flow) throw notFound('flow', flowId);
    const tree = new Tree(await readNodes(sql, flowId));
    const chosen = choose(tree, query);
    const jobs = await readJobs(
      sql,
      chosen.map((n) => n.id),
      query.values,
    );
    return { ...toFlowSummary(flow), ...build(tree, chosen, jobs) };
  });
}

/** Level by level, so that a wide fan does not hide what stands beside it. */
function choose(tree: Tree, { depth, children }: FlowTreeQuery): NodeRow[] {
  const chosen: NodeRow[] = tree.root ? [tree.root] : [];
  for (let i = 0; i < chosen.length && chosen.length < MAX_TREE_NODES; i += 1) {
    const node = chosen[i];
    if (!node || node.depth >= depth) continue;
    chosen.push(...tree.childrenOf(node.id).slice(0, Math.min(children, MAX_TREE_NODES - chosen.length)));
  }
  return chosen;
}

function build(tree: Tree, chosen: NodeRow[], jobs: Map<string, JobDto>): FlowNodeDto {
  const nodes = new Map<string, FlowNodeDto>();
  for (const row of chosen) {
    const node = toNode(tree, row, jobs.get(row.id) as JobDto);
    nodes.set(row.id, node);
    const parent = row.parent_job_id ? nodes.get(row.parent_job_id) : undefined;
    if (!parent) continue;
    parent.children.push(node);
    parent.nextCursor = parent.children.length < parent.childCount ? String(parent.children.length) : null;
  }
  return nodes.get(tree.root?.id ?? '') as FlowNodeDto;
}

/** Larger values are left to `GET /api/jobs/:id`: a tree shows thousands. The first look spares reading large ones. */
const small = (column: string): string =>
  `case when pg_column_size(${column}) <= 2048 then case when octet_length(${column}::text) <= 2048 then ${column} end end`;
const JOBS = { values: jobSelect(small('j.data'), small('j.result')), bare: jobSelect('null::json', 'null::json') };

/** Jobs of a tree by id. `values`: with data and result where they are small */
export async function readJobs(sql: Pick<Sql, 'query'>, ids: string[], values: boolean): Promise<Map<string, JobDto>> {
  const { rows } = await sql.query<JobRow>(`${values ? JOBS.values : JOBS.bare} where j.id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, toJobDto(row)]));
}
