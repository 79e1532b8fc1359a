import type { FlowSummaryDto } from '@/lib/contracts/flow';
import { systemContext } from '@/lib/domain/context';
import { DomainError } from '@/lib/domain/errors';
import { cancelFlow } from '@/lib/domain/flow/cancel-flow';
import { getFlowSummary } from '@/lib/domain/flow/get-flow';
import { pause } from '@/lib/outbound/pause';
import type { ProcessorContext } from '@/workers/runtime/processor';

type Job = ProcessorContext<'workflow-execution'>;

/** The number of unfinished jobs of a flow. */
export const openJobs = (flow: FlowSummaryDto): number =>
  flow.counts.pending + flow.counts.delayed + flow.counts.active + flow.counts['waiting-children'];

const WAIT_MS = { first: 50, most: 2000 };

/** Waits for the end of a flow. If the workflow is cancelled, the flow is cancelled too. */
export async function flowEnded(
  job: Job,
  flowId: string,
  onLook: (flow: FlowSummaryDto) => void,
): Promise<FlowSummaryDto> {
  const context = systemContext(job.organizationId);
  let wait = WAIT_MS.first;
  let seen = -1;
  try {
    for (;;) {
      const flow = await getFlowSummary(context, flowId);
      if (openJobs(flow) !== seen) onLook(flow);
      if (flow.finishedAt !== null) return flow;
      // The polling interval is short while jobs end, and grows while none does.
      wait = openJobs(flow) === seen ? Math.min(wait * 1.5, WAIT_MS.most) : WAIT_MS.first;
      seen = openJobs(flow);
      await pause(wait, job.signal);
    }
  } catch (error) {
    if (job.signal.aborted) {
      await cancelFlow(context, flowId, { force: true }).catch((refusal) => {
        // The flow has ended in the meantime, so there is nothing to cancel.
        if (!(refusal instanceof DomainError)) throw refusal;
      });
      job.log('info', `Cancelled the flow ${flowId}.`);
    }
    throw error;
  }
}
