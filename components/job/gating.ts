import type { JobDto } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';

export interface JobSituation {
  job: Pick<JobDto, 'status' | 'cancelRequested'>;
  role: 'admin' | 'member' | undefined;
  pending: boolean;
  offline: boolean;
}

export interface JobGates {
  /** null = it can be used; a text = why not; undefined = not offered */
  retry: string | null | undefined;
  cancel: string | null | undefined;
  force: string | null | undefined;
}

/** Which of a job's actions are offered, and why one can't be used. */
export function jobGates({ job, role, pending, offline }: JobSituation): JobGates {
  const common = (verb: string): string | null => {
    if (role === 'member') return `Only an administrator can ${verb}; you are signed in as a member`;
    if (offline) return 'Batchyard cannot be reached at the moment';
    return pending ? 'The last action has not been answered yet' : null;
  };
  const finished = isTerminal(job.status);
  return {
    retry: job.status === 'failed' || job.status === 'cancelled' ? common('retry a job') : undefined,
    cancel: finished
      ? undefined
      : (common('cancel a job') ?? (job.cancelRequested ? 'It has been told to stop' : null)),
    force: job.status === 'active' ? common('cancel a job') : undefined,
  };
}
