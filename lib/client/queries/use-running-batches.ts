'use client';

import { useQueries } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { BatchAnswer, BatchDto } from '@/lib/contracts/batch';
import { useCapacity } from './use-capacity';

/** The batches that hold a slot and belong to this organization. */
export function useRunningBatches(): BatchDto[] {
  const live = useLive();
  const { data: capacity } = useCapacity();
  return useQueries({
    queries: (capacity?.runningBatches ?? []).map((id) => ({
      queryKey: keys.batches.detail(id),
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const askedAt = performance.now();
        const { batch } = await api<BatchAnswer>(`/batches/${encodeURIComponent(id)}`, { signal });
        return live.mergeBatch(batch, askedAt);
      },
    })),
    // Batches of other organizations can't be read.
    combine: (results) => results.flatMap(({ data }) => (data ? [data] : [])),
  });
}
