'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { type FlowFilters, keys } from '@/lib/client/keys';
import type { FlowList } from '@/lib/contracts/flow';

/** Flows, newest first, a page at a time, without their nodes. */
export function useFlows(filters: FlowFilters = {}, { limit = 50 } = {}) {
  return useInfiniteQuery({
    queryKey: keys.flows.list(filters, limit),
    initialPageParam: null as string | null,
    getNextPageParam: (page: FlowList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<FlowList>('/flows', { query: { ...filters, limit, cursor: pageParam }, signal }),
  });
}
