import {
  type Access,
  adminBlockedReason,
  blockedReason,
  type Gate,
  HIDDEN,
  shownGate,
} from '@/components/shared/gating';
import { formatCount, formatNumber } from '@/components/ui/format';
import type { BatchDto } from '@/lib/contracts/batch';
import { isFinished } from '@/lib/contracts/status';

export type BatchAction = 'start' | 'pause' | 'resume' | 'cancel' | 'force-cancel' | 'retry';

/** What decides whether a button can be used. */
export interface Situation extends Pick<Access, 'role' | 'offline'> {
  batch: BatchDto;
  /** an action of this page that has not been answered yet */
  pending: BatchAction | null;
  /** slots, and who holds them by name; null while not known */
  capacity: { running: number; max: number; names: readonly string[] } | null;
}

/** `At capacity: embed-faq is running`, or null while a slot is free. */
export function capacityReason(capacity: Situation['capacity']): string | null {
  if (!capacity || capacity.running < capacity.max) return null;
  const [first, ...more] = capacity.names;
  if (!first) return `At capacity: ${formatCount(capacity.running, 'batch', 'batches')} running`;
  return more.length === 0
    ? `At capacity: ${first} is running`
    : `At capacity: ${first} and ${formatCount(more.length, 'other')} are running`;
}

/** Which buttons a batch has now, and why some can't be used. */
export function batchGates(situation: Situation): Record<BatchAction, Gate> {
  const { batch, capacity } = situation;
  const access: Access = { ...situation, pending: situation.pending !== null };
  const finished = isFinished(batch.status);
  const runs = batch.status === 'in-progress';
  const open = batch.active + batch.pending;
  const busy =
    batch.active > 0 ? `${formatCount(batch.active, 'item')} still being processed` : 'The batch has not finished yet';
  const stopping = batch.cancelMode === null ? null : 'The batch is being cancelled';
  const waits = batch.status === 'pending';
  return {
    start: waits && batch.queuedAt === null ? shownGate(blockedReason(access) ?? capacityReason(capacity)) : HIDDEN,
    pause: runs && !batch.paused ? shownGate(adminBlockedReason(access, 'pause a batch') ?? stopping) : HIDDEN,
    resume: batch.paused && !finished ? shownGate(adminBlockedReason(access, 'resume a batch') ?? stopping) : HIDDEN,
    cancel: finished ? HIDDEN : shownGate(adminBlockedReason(access, 'cancel a batch') ?? stopping),
    'force-cancel':
      finished || open === 0
        ? HIDDEN
        : shownGate(adminBlockedReason(access, 'cancel a batch') ?? (batch.cancelMode === 'force' ? stopping : null)),
    retry:
      batch.failed + batch.cancelled > 0
        ? shownGate(adminBlockedReason(access, 'retry items') ?? (finished ? null : busy))
        : HIDDEN,
  };
}

/** What a cancel will do, in numbers. */
export function cancelConsequence({ active, pending }: Pick<BatchDto, 'active' | 'pending'>, force: boolean): string {
  const notStarted = pending === 1 ? '1 will not start' : `${formatNumber(pending)} will not start`;
  if (active === 0)
    return `Nothing is running; ${pending === 1 ? '1 item' : `${formatNumber(pending)} items`} will not start.`;
  const running = formatCount(active, 'running item');
  return force
    ? `${running} will be aborted and counted as cancelled, ${notStarted}.`
    : `${running} will finish, ${notStarted}.`;
}
