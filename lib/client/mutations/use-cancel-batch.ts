'use client';

import type { BatchDto } from '@/lib/contracts/batch';
import { useBatchMutation } from './use-batch-mutation';

/** Graceful: what runs completes. `force`: what runs is aborted. Either way nothing new starts. */
export const useCancelBatch = () =>
  useBatchMutation<{ batchId: string; force?: boolean }, { batch: BatchDto }>('cancel', ({ force = false }) => ({
    force,
  }));
