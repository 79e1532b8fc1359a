import { isQuarantined } from '@/lib/domain/job/claim-jobs';
import { RetryLaterError } from '@/workers/runtime/processor';

/**
 * Called first by work that waits for hours, or for other jobs: after the death of its worker it must not hold the
 * only place of the quarantine. The death stays counted: one more and it is failed as the one that kills.
 * @throws RetryLaterError there, so that it goes on elsewhere at once
 */
export async function notInQuarantine(job: { jobId: string; attempt: number }): Promise<void> {
  if (!(await isQuarantined(job.jobId, job.attempt))) return;
  throw new RetryLaterError('Its worker died; it goes on in another one.', 1, 'worker-crashed', { exact: true });
}
