import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { keys } from '@/lib/client/keys';
import type { FlowProgressEvent } from '@/lib/contracts/events';
import type { FlowCounts, FlowDto, FlowList, FlowNodeDto, FlowNodesPage } from '@/lib/contracts/flow';
import type { JobSummaryDto } from '@/lib/contracts/job';

type FlowPages = InfiniteData<FlowList>;

type JobPatches = ReadonlyMap<string, Partial<JobSummaryDto>>;

/** Writes changes of jobs into every cached tree that shows them. */
export function patchFlowNodes(client: QueryClient, patches: JobPatches): void {
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

/**
 * Writes the counts of a flow into its cached tree and the cached lists.
 * @returns whether its state or its place in lists changed, and how many nodes its cached tree has (0: not cached)
 */
export function writeFlowProgress(client: QueryClient, event: FlowProgressEvent): { moved: boolean; nodes: number } {
  const { flowId, ...counts } = event;
  const key = keys.flows.tree(flowId);
  const tree = client.getQueryData<FlowDto>(key);
  if (tree) client.setQueryData<FlowDto>(key, { ...tree, ...counts });
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
  return { moved, nodes: tree ? countNodes(tree) : 0 };
}

/** Patches a node and the nodes below it. Nodes without a change stay the same objects. */
function patchNode<N extends FlowNodeDto>(node: N, patches: JobPatches): N {
  const children = patchNodes(node.children, patches);
  const change = patches.get(node.job.id);
  if (!change && children === node.children) return node;
  return {
    ...node,
    job: change ? { ...node.job, ...change } : node.job,
    children,
    childCounts: children === node.children ? node.childCounts : moveCounts(node, children),
  };
}

/** Patches siblings. */
function patchNodes<N extends FlowNodeDto>(nodes: N[], patches: JobPatches): N[] {
  let touched = false;
  const next = nodes.map((node) => {
    const patched = patchNode(node, patches);
    if (patched !== node) touched = true;
    return patched;
  });
  return touched ? next : nodes;
}

/** Counts include children that are not in the cache, so only the moves of those that are get applied. */
function moveCounts(before: FlowNodeDto, after: readonly FlowNodeDto[]): FlowCounts {
  const counts = { ...before.childCounts };
  let moved = false;
  before.children.forEach(({ job }, index) => {
    const now = after[index]?.job.status;
    if (!now || now === job.status) return;
    counts[job.status] = Math.max(0, counts[job.status] - 1);
    counts[now] += 1;
    moved = true;
  });
  return moved ? counts : before.childCounts;
}

/** Applies `change` to the job of every node, parents first. Nodes without a change stay the same objects. */
export function mapJobs<N extends FlowNodeDto>(node: N, change: (job: JobSummaryDto) => JobSummaryDto): N {
  const job = change(node.job);
  const children = node.children.map((child) => mapJobs(child, change));
  const same = job === node.job && children.every((child, index) => child === node.children[index]);
  return same ? node : { ...node, job, children };
}

/** Nodes in the cached part of a tree. */
const countNodes = (node: FlowNodeDto): number => node.children.reduce((sum, child) => sum + countNodes(child), 1);
