import { type Access, type Gate, HIDDEN, permissionGate } from '@/components/shared/gating';
import { formatCount } from '@/components/ui/format';
import type { FlowCounts, FlowSummaryDto } from '@/lib/contracts/flow';

export interface FlowSituation extends Access {
  flow: Pick<FlowSummaryDto, 'status' | 'counts' | 'cancelMode'>;
}

/** Returns the number of unfinished jobs in the flow. */
export const openOf = (counts: FlowCounts): number =>
  counts.pending + counts.delayed + counts['waiting-children'] + counts.active;

/** Returns which of a flow's actions are shown, and why some are disabled. */
export function flowGates({ flow, ...access }: FlowSituation): Record<'retry' | 'cancel' | 'force', Gate> {
  const { counts, cancelMode } = flow;
  const open = openOf(counts);
  const stopping = 'The flow is being cancelled';
  return {
    cancel: open > 0 ? permissionGate(access, 'flow.cancel', cancelMode ? stopping : null) : HIDDEN,
    force: open > 0 ? permissionGate(access, 'flow.cancel', cancelMode === 'force' ? stopping : null) : HIDDEN,
    retry:
      counts.failed + counts.cancelled > 0
        ? permissionGate(access, 'flow.retry', open > 0 ? notEnded(open) : null)
        : HIDDEN,
  };
}

const notEnded = (open: number): string =>
  `${formatCount(open, 'job')} of it ${open === 1 ? 'has' : 'have'} not ended yet`;

/** Describes the effect of a cancel in numbers. */
export function flowCancelConsequence(counts: FlowCounts, force: boolean): string {
  const waiting = openOf(counts) - counts.active;
  const notStarted = `${formatCount(waiting, 'job')} will not start`;
  if (counts.active === 0) return `Nothing is running; ${notStarted}.`;
  const running = formatCount(counts.active, 'running job');
  return `${running} will ${force ? 'be aborted' : 'finish'}, ${notStarted}.`;
}
