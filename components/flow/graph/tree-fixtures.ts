import type { FlowCounts } from '@/lib/contracts/flow';
import type { JobStatus } from '@/lib/contracts/status';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { NO_COUNTS, type TreeNode } from './tree-node';

/** Returns `n` values, each made from its index as text. */
export const rows = <T>(n: number, make: (id: string) => T): T[] =>
  Array.from({ length: n }, (_, index) => make(String(index)));

/** Returns a node with these children, for tests. */
export function aTree(id: string, children: TreeNode[] = [], status: JobStatus = 'pending'): TreeNode {
  const childCounts = { ...NO_COUNTS };
  for (const child of children) if (child.status) childCounts[child.status] += 1;
  return {
    id,
    name: id,
    type: 'diagnostic',
    status,
    policy: 'fail-parent',
    job: null,
    childCount: children.length,
    childCounts,
    children,
  };
}

/** Returns a root with `n` leaves, in the order of their statuses. */
export function aWideTree(n: number, counts: Partial<FlowCounts> = { pending: n }): TreeNode {
  const statuses = JOB_STATUSES.flatMap((status) => rows(counts[status] ?? 0, () => status));
  return aTree(
    'root',
    rows(n, (id) => aTree(`leaf ${id}`, [], statuses[Number(id)] ?? 'pending')),
  );
}
