'use client';

import { FlowPage } from '@/components/flow/flow-page';
import { JobProgressModal } from '@/components/job/job-progress-modal';

/** Puts the rooms together: the flow, and the job that is open. */
export function FlowScreen({ flowId }: { flowId: string }) {
  return <FlowPage flowId={flowId} job={(slot) => <JobProgressModal {...slot} />} />;
}
