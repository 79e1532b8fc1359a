import { leaveQuarantine } from '@/lib/domain/job/leave-quarantine';
import { RetryLaterError } from '@/workers/runtime/processor';

/**
 * Called first by work that waits for hours, or for other jobs: after the death of its worker it must not hold the
 * only place of the quarantine.
 * @throws RetryLaterError there, so that it goes on elsewhere at once
 */
export async function notInQuarantine(job: { jobId: string; attempt: number }): Promise<void> {
  if (!(await leaveQuarantine(job.jobId, job.attempt))) return;
  throw new RetryLaterError('Its worker died; it goes on in another one.', 1, 'worker-crashed', { exact: true });
}
