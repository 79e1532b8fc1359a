import { formatCount } from '@/components/ui/format';
import type { FlowCounts, FlowSummaryDto } from '@/lib/contracts/flow';

export interface FlowSituation {
  flow: Pick<FlowSummaryDto, 'status' | 'counts' | 'cancelMode'>;
  role: 'admin' | 'member' | undefined;
  /** an action that has not been answered yet */
  pending: boolean;
  offline: boolean;
}

export interface FlowGates {
  /** null = it can be used; a text = why not; undefined = not offered */
  cancel: string | null | undefined;
  force: string | null | undefined;
  retry: string | null | undefined;
}

/** Jobs of the flow that have not ended. */
export const openOf = (counts: FlowCounts): number =>
  counts.pending + counts.delayed + counts['waiting-children'] + counts.active;

/** Which of a flow's actions are offered, and why one can't be used. */
export function flowGates({ flow, role, pending, offline }: FlowSituation): FlowGates {
  const common = (verb: string): string | null => {
    if (role === 'member') return `Only an administrator can ${verb} a flow; you are signed in as a member`;
    if (offline) return 'Batchyard cannot be reached at the moment';
    return pending ? 'The last action has not been answered yet' : null;
  };
  const { counts, cancelMode } = flow;
  const open = openOf(counts);
  const stopping = 'The flow is being cancelled';
  return {
    cancel: open > 0 ? (common('cancel') ?? (cancelMode ? stopping : null)) : undefined,
    force: open > 0 ? (common('cancel') ?? (cancelMode === 'force' ? stopping : null)) : undefined,
    retry: counts.failed + counts.cancelled > 0 ? (common('retry') ?? (open > 0 ? notEnded(open) : null)) : undefined,
  };
}

const notEnded = (open: number): string =>
  `${formatCount(open, 'job')} of it ${open === 1 ? 'has' : 'have'} not ended yet`;

/** What a cancel will do, in numbers. */
export function flowCancelConsequence(counts: FlowCounts, force: boolean): string {
  const waiting = openOf(counts) - counts.active;
  const notStarted = `${formatCount(waiting, 'job')} will not start`;
  if (counts.active === 0) return `Nothing is running; ${notStarted}.`;
  const running = formatCount(counts.active, 'running job');
  return `${running} will ${force ? 'be aborted' : 'finish'}, ${notStarted}.`;
}
