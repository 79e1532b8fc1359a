import type { FlowCounts, FlowNodeDto } from '@/lib/contracts/flow';
import type { JobSummaryDto } from '@/lib/contracts/job';

type Patches = ReadonlyMap<string, Partial<JobSummaryDto>>;

/** A node with what events said about it and what is below it. Untouched nodes stay the same objects. */
export function patchNode<N extends FlowNodeDto>(node: N, patches: Patches): N {
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

/** The same for siblings. */
export function patchNodes<N extends FlowNodeDto>(nodes: N[], patches: Patches): N[] {
  let touched = false;
  const next = nodes.map((node) => {
    const patched = patchNode(node, patches);
    if (patched !== node) touched = true;
    return patched;
  });
  return touched ? next : nodes;
}

/** The counts cover children that were not read as well, so only the moves of those that were are applied. */
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

/** Gives every node's job to `change`, parents first. Untouched nodes stay the same objects. */
export function mapJobs<N extends FlowNodeDto>(node: N, change: (job: JobSummaryDto) => JobSummaryDto): N {
  const job = change(node.job);
  const children = node.children.map((child) => mapJobs(child, change));
  const same = job === node.job && children.every((child, index) => child === node.children[index]);
  return same ? node : { ...node, job, children };
}

/** How many nodes an answer holds. */
export const countNodes = (node: FlowNodeDto): number =>
  node.children.reduce((sum, child) => sum + countNodes(child), 1);
