import { type Access, type Gate, HIDDEN, permissionGate } from '@/components/shared/gating';
import type { JobDto } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';

export interface JobSituation extends Access {
  job: Pick<JobDto, 'status' | 'cancelRequested'>;
}

/** Returns which of a job's actions are shown, and why some are disabled. */
export function jobGates({ job, ...access }: JobSituation): Record<'retry' | 'cancel' | 'force', Gate> {
  const stopping = job.cancelRequested ? 'It was already asked to stop' : null;
  return {
    retry: job.status === 'failed' || job.status === 'cancelled' ? permissionGate(access, 'job.retry', null) : HIDDEN,
    cancel: isTerminal(job.status) ? HIDDEN : permissionGate(access, 'job.cancel', stopping),
    force: job.status === 'active' ? permissionGate(access, 'job.cancel', null) : HIDDEN,
  };
}
