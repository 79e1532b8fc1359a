import { type Access, adminBlockedReason, type Gate, HIDDEN, shownGate } from '@/components/shared/gating';
import type { JobDto } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';

export interface JobSituation extends Access {
  job: Pick<JobDto, 'status' | 'cancelRequested'>;
}

/** Returns which of a job's actions are shown, and why some are disabled. */
export function jobGates({ job, ...access }: JobSituation): Record<'retry' | 'cancel' | 'force', Gate> {
  const reason = (action: string): string | null => adminBlockedReason(access, action);
  const stopping = job.cancelRequested ? 'It was already asked to stop' : null;
  return {
    retry: job.status === 'failed' || job.status === 'cancelled' ? shownGate(reason('retry a job')) : HIDDEN,
    cancel: isTerminal(job.status) ? HIDDEN : shownGate(reason('cancel a job') ?? stopping),
    force: job.status === 'active' ? shownGate(reason('cancel a job')) : HIDDEN,
  };
}
