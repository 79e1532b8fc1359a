'use client';

import type { BatchAnswer } from '@/lib/contracts/batch';
import { useBatchMutation } from './use-batch-mutation';

/** Graceful: running items complete. `force`: they are aborted. In both cases no further item starts. */
export const useCancelBatch = () =>
  useBatchMutation<{ batchId: string; force?: boolean }, BatchAnswer>('cancel', ({ force = false }) => ({
    force,
  }));
