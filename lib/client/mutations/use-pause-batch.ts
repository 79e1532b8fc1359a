'use client';

import type { BatchAnswer } from '@/lib/contracts/batch';
import { useBatchMutation } from './use-batch-mutation';

/** Running items complete; no further item starts until the batch is resumed. */
export const usePauseBatch = () => useBatchMutation<{ batchId: string }, BatchAnswer>('pause');
