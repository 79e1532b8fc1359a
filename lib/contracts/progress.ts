import { type BatchStatus, isFinished } from './status';

/** The counters of a batch or flow. */
export interface Counters {
  completed: number;
  failed: number;
  cancelled: number;
  total: number;
  status: BatchStatus;
  cancelMode: 'graceful' | 'force' | null;
}

/**
 * Returns the cancelled items that count as progress: none once the batch or flow itself is cancelled or being
 * cancelled, because the cancel is no progress.
 */
export const cancelledAlone = ({ cancelled, status, cancelMode }: Omit<Counters, 'total'>): number =>
  status === 'cancelled' || (cancelMode !== null && !isFinished(status)) ? 0 : cancelled;

/** Returns the finished items that count as progress. Every percentage and every bar is computed from this number. */
export const doneOf = (counts: Omit<Counters, 'total'>): number =>
  counts.completed + counts.failed + cancelledAlone(counts);

/** Returns `done` of `total` as a whole percentage, rounded down. */
export const wholePercent = (done: number, total: number): number =>
  total === 0 ? 0 : Math.floor((done / total) * 100);

/**
 * Returns the progress of a batch, 0–100. Announced items that were not added yet count as open. Only a sealed batch
 * reaches 100.
 */
export function batchProgress(batch: Counters & { sealed: boolean; announced: number | null }): number {
  const done = doneOf(batch);
  if (batch.sealed) return wholePercent(done, batch.total);
  return Math.min(99, wholePercent(done, Math.max(batch.total, batch.announced ?? 0)));
}
