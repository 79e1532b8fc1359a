'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { BatchAnswer, BatchDto } from '@/lib/contracts/batch';
import { isFinished } from '@/lib/contracts/status';

/** One batch, kept current by the stream. Fields that no event carries are read every few seconds while it runs. */
export function useBatch(id: string) {
  const live = useLive();
  return useQuery<BatchDto>({
    queryKey: keys.batches.detail(id),
    refetchInterval: ({ state }) => (state.data && !isFinished(state.data.status) ? 10_000 : false),
    queryFn: async ({ signal }) => {
      const askedAt = performance.now();
      const { batch } = await api<BatchAnswer>(`/batches/${encodeURIComponent(id)}`, { signal });
      return live.mergeBatch(batch, askedAt);
    },
  });
}
