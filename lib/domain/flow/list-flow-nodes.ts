import type { FlowJobDto, FlowNodesPage, FlowNodesQuery } from '@/lib/contracts/flow';
import { isId } from '@/lib/db/ids';
import { sql } from '@/lib/db/sql';
import { transaction } from '@/lib/db/transaction';
import { type Context, requirePermission } from '@/lib/domain/context';
import { notFound } from '@/lib/domain/errors';
import { openDoor } from '@/lib/domain/redaction/door';
import { readJobs } from './get-flow';
import { readNodes, Tree, toNode } from './tree';

/**
 * Lists the children of one node of a flow in order, in pages. `cursor` is the position among the siblings to continue
 * from.
 * @throws `not-found`
 */
export async function listFlowNodes(context: Context, flowId: string, query: FlowNodesQuery): Promise<FlowNodesPage> {
  requirePermission(context, 'flow.see');
  if (!isId(flowId)) throw notFound('flow', flowId);
  const door = await openDoor(context);
  return transaction(async ({ db }) => {
    await db.query(sql`set transaction isolation level repeatable read, read only`);
    const { rowCount } = await db.query(
      sql`select 1 from flow where id = ${flowId} and organization_id = ${context.organizationId}`,
    );
    if (!rowCount) throw notFound('flow', flowId);
    const tree = new Tree(await readNodes(db, flowId));
    const parent = query.parent ?? flowId;
    const wanted = tree
      .childrenOf(parent)
      .filter((n) => n.child_index >= (query.cursor ?? 0) && (!query.status || query.status.includes(n.status)));
    const page = wanted.slice(0, query.limit);
    const jobs = await readJobs(db, door, { ids: page.map((n) => n.id) });
    const next = wanted[query.limit];
    return {
      nodes: page.map((n) => toNode(tree, n, jobs.get(n.id) as FlowJobDto)),
      counts: tree.countsOf(parent),
      nextCursor: next ? String(next.child_index) : null,
    };
  });
}
