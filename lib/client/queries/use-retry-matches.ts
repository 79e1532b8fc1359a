'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { RetryChoice } from '@/lib/client/mutations/use-retry-batch';
import type { BatchDto, RetryBatchResult } from '@/lib/contracts/batch';

/** How many unsuccessful items of a batch a retry would run again. Changes nothing. `null`: no request. */
export function useRetryMatches({ id, failed, cancelled }: BatchDto, choice: RetryChoice | null) {
  return useQuery({
    queryKey: keys.batches.retryMatches(id, { ...choice, failed, cancelled }),
    enabled: choice !== null && failed + cancelled > 0,
    queryFn: ({ signal }) =>
      api<RetryBatchResult>(`/batches/${encodeURIComponent(id)}/retry`, {
        method: 'POST',
        json: { ...choice, dry: true },
        signal,
      }),
    placeholderData: (before) => before,
    select: (answer) => answer.matched,
  });
}
