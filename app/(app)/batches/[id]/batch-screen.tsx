'use client';

import { BatchPage } from '@/components/batch';
import { JobProgressModal } from '@/components/job';
import { Matrix } from '@/components/matrix';

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
