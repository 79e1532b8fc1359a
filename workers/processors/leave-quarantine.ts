import { isQuarantined } from '@/lib/domain/job/claim-jobs';
import { RetryLaterError } from '@/workers/runtime/processor';

/**
 * Leaves the quarantine, which runs one job at a time. Call it first in work that waits for hours or for other jobs.
 * The crash stays counted: after one more the job fails as a poison job.
 * @throws RetryLaterError in quarantine, so that the job continues in an ordinary worker at once
 */
export async function leaveQuarantine(job: { jobId: string; attempt: number }): Promise<void> {
  if (!(await isQuarantined(job.jobId, job.attempt))) return;
  throw new RetryLaterError('Its worker died. The job continues in another one.', 1, 'worker-crashed', { exact: true });
}
