'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { type BatchFilters, keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { BatchList } from '@/lib/contracts/batch';

/** Batches, newest first, a page at a time. */
export function useBatches(filters: BatchFilters = {}, { limit = 50, enabled = true } = {}) {
  const live = useLive();
  return useInfiniteQuery({
    queryKey: keys.batches.list(filters, limit),
    enabled,
    initialPageParam: null as string | null,
    getNextPageParam: (page: BatchList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const askedAt = performance.now();
      const page = await api<BatchList>('/batches', { query: { ...filters, limit, cursor: pageParam }, signal });
      return { ...page, batches: page.batches.map((batch) => live.mergeBatch(batch, askedAt)) };
    },
  });
}
