import type { FlowCounts, FlowJobDto, FlowNodeDto, FlowPolicy } from '@/lib/contracts/flow';
import type { JobStatus } from '@/lib/contracts/status';
import { sql } from '@/lib/db/sql';
import type { Queryable } from '@/lib/db/transaction';
import { countsOf } from './flow-row';

/** The columns of a node that describe the shape of its tree. */
export interface NodeRow {
  id: string;
  parent_job_id: string | null;
  status: JobStatus;
  depth: number;
  child_index: number;
  child_count: number;
  policy: FlowPolicy;
}

/** Reads all nodes of a flow: parents before their children, siblings in order. */
export async function readNodes(db: Queryable, flowId: string): Promise<NodeRow[]> {
  const { rows } = await db.query<NodeRow>(
    sql`select j.id, j.parent_job_id, j.status, n.depth, n.child_index, n.child_count, n.policy
     from flow_node n join job j on j.id = n.job_id where n.flow_id = ${flowId} order by n.place`,
  );
  return rows;
}

/** The shape of a flow: which parent waits for which children, and their statuses. */
export class Tree {
  readonly root: NodeRow | undefined;
  private readonly children = new Map<string, NodeRow[]>();

  constructor(rows: NodeRow[]) {
    this.root = rows[0];
    for (const row of rows) {
      if (!row.parent_job_id) continue;
      const siblings = this.children.get(row.parent_job_id);
      if (siblings) siblings.push(row);
      else this.children.set(row.parent_job_id, [row]);
    }
  }

  childrenOf(id: string): NodeRow[] {
    return this.children.get(id) ?? [];
  }

  countsOf(id: string): FlowCounts {
    const counts = countsOf(null);
    for (const { status } of this.childrenOf(id)) counts[status] += 1;
    return counts;
  }
}

/** Converts a node to its DTO, without children yet. */
export const toNode = (tree: Tree, row: NodeRow, job: FlowJobDto): FlowNodeDto => ({
  job,
  onFailure: row.policy,
  depth: row.depth,
  index: row.child_index,
  childCount: row.child_count,
  childCounts: tree.countsOf(row.id),
  children: [],
  nextCursor: row.child_count > 0 ? '0' : null,
});
