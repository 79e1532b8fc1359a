import type { BatchDto } from '@/lib/contracts/batch';
import type { JobStatus } from '@/lib/contracts/status';

/** Whether `delaySeconds` of a batch is not over: its waiting children are shown as delayed. Rows stay pending. */
export const isHeldBack = ({ notBefore }: Pick<BatchDto, 'notBefore'>): boolean =>
  notBefore !== null && Date.parse(notBefore) > Date.now();

/** The states of rows that are shown in one of the given states. */
export function rowStatuses(batch: Pick<BatchDto, 'notBefore'>, shown: readonly JobStatus[]): JobStatus[] {
  if (!isHeldBack(batch)) return [...shown];
  return shown.flatMap((s) => (s === 'pending' ? [] : s === 'delayed' ? ['pending', 'delayed'] : s));
}
