import { type Access, type Gate, HIDDEN, permissionGate } from '@/components/shared/gating';
import { formatCount, formatNumber } from '@/components/ui/format';
import type { BatchDto } from '@/lib/contracts/batch';
import { isFinished } from '@/lib/contracts/status';

export type BatchAction = 'start' | 'pause' | 'resume' | 'cancel' | 'force-cancel' | 'retry';

/** The state that decides which buttons are enabled. */
export interface Situation extends Pick<Access, 'viewer' | 'offline'> {
  batch: BatchDto;
  /** the action of this page that waits for its response; null if none */
  pending: BatchAction | null;
  /** slots, and the names of the batches that hold them; null until loaded */
  capacity: { running: number; canStart: boolean; paused: boolean; names: readonly string[] } | null;
}

/** Returns `At capacity: embed-faq is running`, or null while a slot is free. */
export function capacityReason(capacity: Situation['capacity']): string | null {
  if (!capacity || capacity.canStart) return null;
  const [first, ...more] = capacity.names;
  if (!first) return `At capacity: ${formatCount(capacity.running, 'batch', 'batches')} running`;
  return more.length === 0
    ? `At capacity: ${first} is running`
    : `At capacity: ${first} and ${formatCount(more.length, 'other')} are running`;
}

/** Returns which buttons are shown for a batch, and why some are disabled. */
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
    start: waits && batch.queuedAt === null ? permissionGate(access, 'batch.change', capacityReason(capacity)) : HIDDEN,
    pause: runs && !batch.paused ? permissionGate(access, 'batch.pause', stopping) : HIDDEN,
    resume: batch.paused && !finished ? permissionGate(access, 'batch.pause', stopping) : HIDDEN,
    cancel: finished ? HIDDEN : permissionGate(access, 'batch.cancel', stopping),
    'force-cancel':
      finished || open === 0
        ? HIDDEN
        : permissionGate(access, 'batch.cancel', batch.cancelMode === 'force' ? stopping : null),
    retry: batch.failed + batch.cancelled > 0 ? permissionGate(access, 'batch.retry', finished ? null : busy) : HIDDEN,
  };
}

/** Describes the effect of a cancel in numbers. */
export function cancelConsequence({ active, pending }: Pick<BatchDto, 'active' | 'pending'>, force: boolean): string {
  const notStarted = pending === 1 ? '1 will not start' : `${formatNumber(pending)} will not start`;
  if (active === 0)
    return `Nothing is running; ${pending === 1 ? '1 item' : `${formatNumber(pending)} items`} will not start.`;
  const running = formatCount(active, 'running item');
  return force
    ? `${running} will be aborted and counted as cancelled, ${notStarted}.`
    : `${running} will finish, ${notStarted}.`;
}
