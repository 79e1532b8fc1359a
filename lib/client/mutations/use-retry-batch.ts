'use client';

import type { BatchDto, RetryBatchBody } from '@/lib/contracts/batch';
import { useBatchMutation } from './use-batch-mutation';

/** Which unsuccessful items run again: all of a scope, those that failed for a reason, or those that a search finds. */
export type RetryChoice = Pick<RetryBatchBody, 'reason' | 'q'> & { only: 'failed' | 'cancelled' | 'all' };

export const useRetryBatch = () =>
  useBatchMutation<RetryChoice & { batchId: string }, { batch: BatchDto; retried: number }>(
    'retry',
    ({ only, reason, q }) => ({ only, reason, q }),
  );
