import type { BatchDto } from '@/lib/contracts/batch';
import type { JobDetailDto } from '@/lib/contracts/job';
import { isFinished } from '@/lib/contracts/status';
import { getBatch } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { getJob } from '@/lib/domain/job/get-job';
import { until } from './until';

/** A slow machine takes its time to fork, and nothing depends on how long; a test's own time-out comes first. */
const PATIENT = { timeoutMs: 120_000, everyMs: 20 };

/** The batch, once nothing of it is open and it has ended. */
export const batchEnded = (context: Context, batchId: string): Promise<BatchDto> =>
  until(
    `batch ${batchId} has ended`,
    async () => {
      const batch = await getBatch(context, batchId);
      return isFinished(batch.status) && batch;
    },
    PATIENT,
  );

/** The job, once it has ended. */
export const jobEnded = (context: Context, jobId: string): Promise<JobDetailDto> =>
  until(
    `job ${jobId} has ended`,
    async () => {
      const job = await getJob(context, jobId);
      return job.finishedAt !== null && job;
    },
    PATIENT,
  );
