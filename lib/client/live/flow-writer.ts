import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keys } from '@/lib/client/keys';
import type { FlowDto, FlowNodesPage, FlowProgressEvent, FlowSummaryDto } from '@/lib/contracts/flow';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { countNodes, patchNode, patchNodes } from './flow-tree';
import type { Throttle } from './throttle';

type FlowPages = InfiniteData<{ flows: FlowSummaryDto[]; nextCursor: string | null }>;

/** Events of a large flow are sampled, so its nodes are read again now and then: seldom when there are many. */
const pace = (nodes: number): number => (nodes <= 300 ? 1_000 : nodes <= 1_500 ? 2_500 : 6_000);

/** Writes what events said about jobs into every tree that shows them. */
export function patchFlowNodes(client: QueryClient, patches: ReadonlyMap<string, Partial<JobSummaryDto>>): void {
  const cache = client.getQueryCache();
  for (const query of cache.findAll({ queryKey: keys.flows.trees })) {
    const tree = query.state.data as FlowDto | undefined;
    const next = tree && patchNode(tree, patches);
    if (next && next !== tree) client.setQueryData(query.queryKey, next);
  }
  for (const query of cache.findAll({ queryKey: keys.flows.pages })) {
    const page = query.state.data as FlowNodesPage | undefined;
    const nodes = page && patchNodes(page.nodes, patches);
    if (nodes && nodes !== page.nodes) client.setQueryData(query.queryKey, { ...page, nodes });
  }
}

/** Writes a flow's counts into its page and the lists, and has its nodes read again at a bounded pace. */
export function writeFlowProgress(client: QueryClient, event: FlowProgressEvent, throttle: Throttle): void {
  const { flowId, ...counts } = event;
  const key = keys.flows.tree(flowId);
  const tree = client.getQueryData<FlowDto>(key);
  if (tree) {
    client.setQueryData<FlowDto>(key, { ...tree, ...counts });
    throttle.run(`flow:${flowId}`, pace(countNodes(tree)), () => {
      void client.invalidateQueries({ queryKey: key });
      void client.invalidateQueries({ queryKey: keys.flows.pagesOf(flowId) });
    });
  }
  let moved = !tree || tree.status !== event.status;
  for (const query of client.getQueryCache().findAll({ queryKey: keys.flows.lists })) {
    const data = query.state.data as FlowPages | undefined;
    if (!data) continue;
    const next = data.pages.map((page) => ({
      ...page,
      flows: page.flows.map((flow) => {
        if (flow.id !== flowId) return flow;
        moved = flow.status !== event.status;
        return { ...flow, ...counts };
      }),
    }));
    client.setQueryData<FlowPages>(query.queryKey, { ...data, pages: next });
  }
  // Membership of lists, and times that no event carries.
  if (moved) throttle.run('flows', 1_000, () => void client.invalidateQueries({ queryKey: keys.flows.lists }));
}
