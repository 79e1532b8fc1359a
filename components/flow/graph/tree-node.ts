import type { FlowCounts, FlowNodeBody, FlowNodeDto, FlowPolicy } from '@/lib/contracts/flow';
import type { JobSummaryDto } from '@/lib/contracts/job';
import type { JobStatus } from '@/lib/contracts/status';
import { JOB_STATUSES } from '@/lib/contracts/status';

/** A node of the graph and the list: of a launched flow, or of a draft. */
export interface TreeNode {
  id: string;
  name: string;
  type: string;
  /** null = not launched yet */
  status: JobStatus | null;
  policy: FlowPolicy;
  /** null = not launched yet */
  job: JobSummaryDto | null;
  childCount: number;
  childCounts: FlowCounts;
  /** the loaded children, in order */
  children: readonly TreeNode[];
}

export const NO_COUNTS: FlowCounts = Object.fromEntries(JOB_STATUSES.map((s) => [s, 0])) as FlowCounts;

const known = new WeakMap<FlowNodeDto, { extra: readonly FlowNodeDto[]; node: TreeNode }>();
const NONE: readonly FlowNodeDto[] = [];

/**
 * Converts a node of a response, with the further pages of children. The same response returns the same object, so that
 * only changed nodes render again.
 */
export function toTreeNode(dto: FlowNodeDto, pages: ReadonlyMap<string, readonly FlowNodeDto[]>): TreeNode {
  const extra = pages.get(dto.job.id) ?? NONE;
  const held = known.get(dto);
  const children = [...dto.children, ...extra].map((child) => toTreeNode(child, pages));
  const same =
    held?.extra === extra &&
    held.node.children.length === children.length &&
    children.every((child, index) => child === held.node.children[index]);
  if (held && same) return held.node;
  const node: TreeNode = {
    id: dto.job.id,
    name: dto.job.name,
    type: dto.job.type,
    status: dto.job.status,
    policy: dto.onFailure,
    job: dto.job,
    childCount: dto.childCount,
    childCounts: dto.childCounts,
    children,
  };
  known.set(dto, { extra, node });
  return node;
}

/** Returns the tree of a flow draft, without statuses. Ids are paths, so that they are stable during typing. */
export function plannedTree(flow: FlowNodeBody, id = 'root'): TreeNode {
  const children = (flow.children ?? []).map((child, index) => plannedTree(child, `${id}.${index}`));
  return {
    id,
    name: flow.name || 'no name yet',
    type: flow.type || 'no type yet',
    status: null,
    policy: flow.opts?.onFailure ?? 'fail-parent',
    job: null,
    childCount: children.length,
    childCounts: NO_COUNTS,
    children,
  };
}
