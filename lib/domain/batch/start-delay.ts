import type { BatchDto } from '@/lib/contracts/batch';
import type { JobStatus } from '@/lib/contracts/status';

/**
 * Returns whether `delaySeconds` of a batch is not over. Until then its waiting children are shown as delayed, although
 * their rows are pending.
 */
export const isStartDelayed = ({ notBefore }: Pick<BatchDto, 'notBefore'>): boolean =>
  notBefore !== null && Date.parse(notBefore) > Date.now();

/** Returns the stored statuses of rows that are shown with one of the given statuses. */
export function storedStatuses(batch: Pick<BatchDto, 'notBefore'>, shown: readonly JobStatus[]): JobStatus[] {
  if (!isStartDelayed(batch)) return [...shown];
  return shown.flatMap((s) => (s === 'pending' ? [] : s === 'delayed' ? ['pending', 'delayed'] : s));
}
