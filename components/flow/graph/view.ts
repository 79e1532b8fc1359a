import type { FlowCounts } from '@/lib/contracts/flow';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { NO_COUNTS, type TreeNode } from './tree-node';

/** The most siblings that are shown one by one. More are folded into one fan until the user unfolds them. */
export const FAN = 20;
/** The number of siblings that one click unfolds. */
export const FAN_STEP = 50;
/** The most nodes that are shown before the user folds or unfolds any. */
export const BUDGET = 90;

/** The number of shown children by node id, where the user chose it; 0 = folded. */
export type Shown = ReadonlyMap<string, number>;

export interface JobItem {
  kind: 'job';
  id: string;
  parentId: string | null;
  depth: number;
  node: TreeNode;
  /** its children are shown and can be folded */
  unfolded: boolean;
  children: Item[];
}

/** A fan: children that are folded into one node, with their number and their statuses. */
export interface FanItem {
  kind: 'fan';
  id: string;
  parentId: string;
  depth: number;
  /** none of the parent's children is shown */
  whole: boolean;
  count: number;
  counts: FlowCounts;
  /** counts of the loaded descendants below these children, so that a fold does not hide a failure */
  below: FlowCounts;
  /** some descendants are not loaded: `below` is a minimum */
  partly: boolean;
  /** the flow is not launched, so the parent has no status either */
  planned: boolean;
}

export type Item = JobItem | FanItem;

/**
 * Returns how many children of each node are shown by default: level by level from the root, with wide fans folded,
 * until the budget is used up. It depends only on the tree's shape, so that nothing folds or unfolds while the flow
 * runs.
 */
export function defaultShown(root: TreeNode, budget = BUDGET): Shown {
  const shown = new Map<string, number>();
  let left = budget - 1;
  let level: readonly TreeNode[] = [root];
  while (level.length > 0) {
    const next: TreeNode[] = [];
    for (const node of level) {
      if (node.childCount === 0) continue;
      const all = node.childCount <= FAN && node.children.length === node.childCount && node.childCount <= left;
      shown.set(node.id, all ? node.childCount : 0);
      if (!all) continue;
      left -= node.childCount;
      next.push(...node.children);
    }
    level = next;
  }
  return shown;
}

/** Shows every loaded child. */
export function allShown(root: TreeNode): Shown {
  const shown = new Map<string, number>();
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.childCount > 0) shown.set(node.id, node.children.length);
    stack.push(...node.children);
  }
  return shown;
}

/** Returns the tree as it is drawn: the shown nodes, and one fan for the remaining children of each node. */
export function viewOf(root: TreeNode, ...layers: readonly Shown[]): JobItem {
  const asked = (id: string): number => {
    for (const layer of layers) {
      const value = layer.get(id);
      if (value !== undefined) return value;
    }
    return 0;
  };
  const build = (node: TreeNode, parentId: string | null, depth: number): JobItem => {
    const visible = node.children.slice(0, asked(node.id));
    const children: Item[] = visible.map((child) => build(child, node.id, depth + 1));
    const count = node.childCount - visible.length;
    if (count > 0) {
      children.push({
        kind: 'fan',
        id: `${node.id}/rest`,
        parentId: node.id,
        depth: depth + 1,
        whole: visible.length === 0,
        count,
        counts: countsLeft(node, visible),
        below: countsBelow(node.children.slice(visible.length)),
        partly: !isRead(node),
        planned: node.status === null,
      });
    }
    return { kind: 'job', id: node.id, parentId, depth, node, unfolded: visible.length > 0, children };
  };
  return build(root, null, 0);
}

function countsLeft(node: TreeNode, visible: readonly TreeNode[]): FlowCounts {
  const counts = { ...NO_COUNTS, ...node.childCounts };
  for (const { status } of visible) if (status) counts[status] = Math.max(0, counts[status] - 1);
  return counts;
}

function countsBelow(folded: readonly TreeNode[]): FlowCounts {
  const counts = { ...NO_COUNTS };
  const stack = [...folded];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.childCount === 0) continue;
    for (const status of JOB_STATUSES) counts[status] += node.childCounts[status];
    stack.push(...node.children);
  }
  return counts;
}

/** Returns whether all descendants of a node are loaded. */
function isRead(node: TreeNode): boolean {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.children.length < next.childCount) return false;
    stack.push(...next.children);
  }
  return true;
}

/** Returns the number of jobs in the counts. */
export const sumOf = (counts: FlowCounts): number => JOB_STATUSES.reduce((sum, status) => sum + counts[status], 0);

/** Describes the content of a fold: its own jobs, then their descendants. */
export function sayFan({ counts, below, partly }: Pick<FanItem, 'counts' | 'below' | 'partly'>): string {
  const deeper = sumOf(below);
  return `${sayCounts(counts)}${deeper > 0 ? `; below them ${partly ? 'at least ' : ''}${sayCounts(below)}` : ''}`;
}

/** Returns all drawn nodes, parents before their children: the order of the list and of the keyboard. */
export function flatten(root: JobItem): Item[] {
  const rows: Item[] = [];
  const stack: Item[] = [root];
  for (let item = stack.pop(); item; item = stack.pop()) {
    rows.push(item);
    if (item.kind === 'job') stack.push(...item.children.toReversed());
  }
  return rows;
}

/** Returns `3 completed, 1 failed`, in the order of the job lifecycle; empty for unknown counts. */
export function sayCounts(counts: FlowCounts): string {
  return JOB_STATUSES.filter((status) => counts[status] > 0)
    .map((status) => `${counts[status].toLocaleString('en-US')} ${status.replace('-', ' for ')}`)
    .join(', ');
}
