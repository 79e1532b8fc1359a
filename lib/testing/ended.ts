import type { BatchDto } from '@/lib/contracts/batch';
import type { FlowDto } from '@/lib/contracts/flow';
import type { JobDetailDto } from '@/lib/contracts/job';
import { isFinished } from '@/lib/contracts/status';
import { getBatch } from '@/lib/domain/batch/get-batch';
import type { Context } from '@/lib/domain/context';
import { getFlow } from '@/lib/domain/flow/get-flow';
import { getJob } from '@/lib/domain/job/get-job';
import { until } from './until';

/** Waits until a batch has ended and has no unfinished job, and returns it. */
export const batchEnded = (context: Context, batchId: string): Promise<BatchDto> =>
  until(`batch ${batchId} has ended`, async () => {
    const batch = await getBatch(context, batchId);
    return isFinished(batch.status) && batch;
  });

/** Waits until a job has ended, and returns it. */
export const jobEnded = (context: Context, jobId: string): Promise<JobDetailDto> =>
  until(`job ${jobId} has ended`, async () => {
    const job = await getJob(context, jobId);
    return job.finishedAt !== null && job;
  });

/** A flow with all its nodes, as deep as one may be. */
export const wholeFlow = (context: Context, flowId: string): Promise<FlowDto> =>
  getFlow(context, flowId, { depth: 100, children: 5000, values: true });

/** Waits until a flow has ended, and returns it with all its nodes. */
export const flowEnded = (context: Context, flowId: string): Promise<FlowDto> =>
  until(`flow ${flowId} has ended`, async () => {
    const flow = await wholeFlow(context, flowId);
    return flow.finishedAt !== null && flow;
  });
