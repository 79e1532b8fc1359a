import type { FlowCounts, FlowDto, FlowNodeDto } from '@/lib/contracts/flow';
import type { JobStatus } from '@/lib/contracts/status';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { aJob } from './fixtures';

/** Counts by status, zero by default. */
export const someCounts = (change: Partial<FlowCounts> = {}): FlowCounts =>
  ({ ...Object.fromEntries(JOB_STATUSES.map((status) => [status, 0])), ...change }) as FlowCounts;

/** A node of a flow, for tests. `more` children exist that were not read. */
export function aNode(id: string, status: JobStatus, children: FlowNodeDto[] = [], more = 0): FlowNodeDto {
  const childCounts = someCounts({ pending: more });
  for (const { job } of children) childCounts[job.status] += 1;
  return {
    job: aJob({ id, name: id, status, batchId: null, parentJobId: null }),
    onFailure: 'fail-parent',
    depth: 0,
    index: 0,
    childCount: children.length + more,
    childCounts,
    children,
    nextCursor: more > 0 ? String(children.length) : null,
  };
}

/** A flow whose root is called `root`. */
export const aFlow = (change: Partial<FlowDto>, children: FlowNodeDto[] = []): FlowDto => ({
  ...aNode('root', 'waiting-children', children),
  id: 'root',
  name: 'root',
  type: 'diagnostic',
  status: 'in-progress',
  total: 4,
  counts: someCounts({ 'waiting-children': 1, active: 1, completed: 1, pending: 1 }),
  progress: 25,
  levels: 3,
  types: ['diagnostic'],
  correlationId: 'c1',
  cancelMode: null,
  createdBy: 'ana',
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  ...change,
});
