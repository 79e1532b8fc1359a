import type { FlowCounts } from '@/lib/contracts/flow';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { NO_COUNTS, type TreeNode } from './tree-node';

/** More siblings than this are folded into one counted node until somebody unfolds them. */
export const FAN = 20;
/** Siblings that one click unfolds. */
export const FAN_STEP = 50;
/** Nodes that are drawn before anybody chose: as many as can be taken in. */
export const BUDGET = 90;

/** Children shown of each node, where a person chose; 0 = folded. */
export type Shown = ReadonlyMap<string, number>;

export interface JobItem {
  kind: 'job';
  id: string;
  parentId: string | null;
  depth: number;
  node: TreeNode;
  /** its children can be folded away */
  unfolded: boolean;
  children: Item[];
}

/** Children that are not shown one by one: how many, and in what states. */
export interface FanItem {
  kind: 'fan';
  id: string;
  parentId: string;
  depth: number;
  /** none of the parent's children is shown */
  whole: boolean;
  count: number;
  counts: FlowCounts;
  /** of what stands below them, as far as it was read: a failure must not hide in a fold */
  below: FlowCounts;
  /** not everything below them was read: `below` is the least that is there */
  partly: boolean;
  /** the parent's status is unknown too: a flow that is not launched yet */
  planned: boolean;
}

export type Item = JobItem | FanItem;

/**
 * How many children of each node are shown when nobody chose: level by level from the root, wide fans folded, until
 * the budget is used up. Depends on the shape of the tree alone, so that nothing folds or unfolds while it runs.
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

/** Every child that was read. */
export function allShown(root: TreeNode): Shown {
  const shown = new Map<string, number>();
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.childCount > 0) shown.set(node.id, node.children.length);
    stack.push(...node.children);
  }
  return shown;
}

/** The tree as it is drawn: what is shown of it, and a counted node for the rest of each fan. */
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

/** Whether all that stands below a node was read. */
function isRead(node: TreeNode): boolean {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.children.length < next.childCount) return false;
    stack.push(...next.children);
  }
  return true;
}

/** How many jobs the counts are of. */
export const sumOf = (counts: FlowCounts): number => JOB_STATUSES.reduce((sum, status) => sum + counts[status], 0);

/** What a fold holds, in words: its own jobs, then what stands below them. */
export function sayFan({ counts, below, partly }: Pick<FanItem, 'counts' | 'below' | 'partly'>): string {
  const deeper = sumOf(below);
  return `${sayCounts(counts)}${deeper > 0 ? `; below them ${partly ? 'at least ' : ''}${sayCounts(below)}` : ''}`;
}

/** Everything drawn, parents before their children: the order of the list and of the keyboard. */
export function flatten(root: JobItem): Item[] {
  const rows: Item[] = [];
  const stack: Item[] = [root];
  for (let item = stack.pop(); item; item = stack.pop()) {
    rows.push(item);
    if (item.kind === 'job') stack.push(...item.children.toReversed());
  }
  return rows;
}

/** `3 completed, 1 failed`, in the order of a job's life; nothing for counts that are not known. */
export function sayCounts(counts: FlowCounts): string {
  return JOB_STATUSES.filter((status) => counts[status] > 0)
    .map((status) => `${counts[status].toLocaleString('en-US')} ${status.replace('-', ' for ')}`)
    .join(', ');
}
