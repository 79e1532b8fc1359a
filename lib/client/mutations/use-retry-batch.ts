'use client';

import type { BatchDto, FailureReason } from '@/lib/contracts';
import { useBatchMutation } from './use-batch-mutation';

export type RetryScope = 'failed' | 'cancelled' | 'all';

/** Runs the failed, the cancelled or all unsuccessful items of a batch again; with `reason` those that failed so. */
export const useRetryBatch = () =>
  useBatchMutation<{ batchId: string; only: RetryScope; reason?: FailureReason }, { batch: BatchDto; retried: number }>(
    'retry',
    ({ only, reason }) => ({ only, reason }),
  );
