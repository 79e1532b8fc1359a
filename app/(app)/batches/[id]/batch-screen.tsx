'use client';

import { BatchPage } from '@/components/batch/batch-page';
import { JobProgressModal } from '@/components/job/job-progress-modal';
import { Matrix } from '@/components/matrix/matrix';

/** Puts the rooms together: the batch, its items as cells, and the job that is open. */
export function BatchScreen({ batchId }: { batchId: string }) {
  return (
    <BatchPage
      batchId={batchId}
      matrix={({ batch, running, selected, onOpen }) => (
        <Matrix
          batchId={batch.id}
          total={batch.total}
          counts={batch}
          changing={running}
          selected={selected}
          onOpen={onOpen}
        />
      )}
      job={(slot) => <JobProgressModal {...slot} />}
    />
  );
}
