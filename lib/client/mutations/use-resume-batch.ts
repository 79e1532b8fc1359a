'use client';

import type { BatchAnswer } from '@/lib/contracts/batch';
import { useBatchMutation } from './use-batch-mutation';

/** Lets a paused batch go on. */
export const useResumeBatch = () => useBatchMutation<{ batchId: string }, BatchAnswer>('resume');
