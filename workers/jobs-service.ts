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
import { currentOf } from './runtime/current';

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

  /** How far the running job is. @throws Error unless this process runs it */
  async updateJobProgress(jobId: string, current: number, total: number, message?: string): Promise<void> {
    currentOf(jobId).report(current, total, message);
  },

  /**
   * What the running job says of its state. `active` it is already. `completed` gives the result that is recorded when
   * the processor returns, `failed` the error: the job is then tried again while attempts are left.
   * @throws Error unless this process runs it
   */
  async updateJobStatus(
    jobId: string,
    status: 'active' | 'completed' | 'failed',
    details: { result?: unknown; error?: JobError } = {},
  ): Promise<void> {
    const current = currentOf(jobId);
    if (status === 'completed') current.complete(details.result);
    if (status === 'failed') current.fail(details.error ?? { message: 'The processor said that it failed.' });
  },
};

/** Somebody who is known by an id only may make jobs, as a member may. */
const actingFor = (userId: string, organizationId: string): Context => ({
  actor: { kind: 'user', id: userId, name: userId, role: 'member' },
  organizationId,
});
