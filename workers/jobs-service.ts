import type { JobError } from '@/lib/contracts/errors';
import { type CreateJobBody, createJobBody, type JobDto } from '@/lib/contracts/job';
import type { Context } from '@/lib/domain/context';
import { cancelJob } from '@/lib/domain/job/cancel-job';
import { cleanUpJobs } from '@/lib/domain/job/clean-up-jobs';
import { createJob } from '@/lib/domain/job/create-job';
import { getJob } from '@/lib/domain/job/get-job';
import { getJobStats } from '@/lib/domain/job/get-job-stats';
import { listJobs } from '@/lib/domain/job/list-jobs';
import { retryJob } from '@/lib/domain/job/retry-job';
import { validate } from '@/lib/domain/validate';
import { reporterOf } from './runtime/running-attempts';

/**
 * The job API for programs of your own. Each call runs a function of the domain layer, or reports for the attempt that
 * runs in this process. Only the runtime changes the job's row, so nothing is recorded or counted twice.
 */
export const jobsService = {
  /**
   * Returns at once; `id` is the job's. Higher priorities go first.
   * @throws DomainError as `POST /api/jobs` refuses
   */
  async createJob(userId: string, organizationId: string, body: CreateJobBody): Promise<JobDto> {
    return (await createJob(actingFor(userId, organizationId), validate(createJobBody, body, 'The job'))).job;
  },
  getJob,
  listJobs,
  cancelJob,
  retryJob,
  getJobStats,
  cleanUpJobs,

  /** Reports the progress of a running job. @throws Error unless this process runs it */
  async updateJobProgress(jobId: string, current: number, total: number, message?: string): Promise<void> {
    reporterOf(jobId).reportProgress(current, total, message);
  },

  /**
   * Declares the outcome of a running job. `completed` sets the result that is recorded when the processor returns,
   * `failed` the error: the job is then retried while attempts are left. `active` changes nothing.
   * @throws Error unless this process runs it
   */
  async updateJobStatus(
    jobId: string,
    status: 'active' | 'completed' | 'failed',
    details: { result?: unknown; error?: JobError } = {},
  ): Promise<void> {
    const reporter = reporterOf(jobId);
    if (status === 'completed') reporter.complete(details.result);
    if (status === 'failed') reporter.fail(details.error ?? { message: 'The processor said that it failed.' });
  },
};

/** A user of whom only the id is known has the rights of an operator. */
const actingFor = (userId: string, organizationId: string): Context => ({
  actor: { kind: 'user', id: userId, name: userId, role: 'operator', seesPayloads: true, systemAdmin: false },
  organizationId,
});
