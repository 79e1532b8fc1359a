'use client';

import type { BatchDto } from '@/lib/contracts';
import { useBatchMutation } from './use-batch-mutation';

export type RetryScope = 'failed' | 'cancelled' | 'all';

/** Runs the failed, the cancelled or all unsuccessful items of a batch again. */
export const useRetryBatch = () =>
  useBatchMutation<{ batchId: string; only: RetryScope }, { batch: BatchDto; retried: number }>(
    'retry',
    ({ only }) => ({
      only,
    }),
  );
