'use client';

import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { type BatchFilters, keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import { useCapacity } from '@/lib/client/queries/system';
import type { BatchAnswer, BatchDto, BatchList } from '@/lib/contracts/batch';
import type { BatchTableAnswer } from '@/lib/contracts/import';
import { isFinished } from '@/lib/contracts/status';
import { useSeesPayloads } from './system';

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

/** The table that a batch was imported from, while it is kept. No request for other batches. */
export function useBatchTable({ id, metadata }: Pick<BatchDto, 'id' | 'metadata'>) {
  const { importId, dryRun } = (metadata ?? {}) as { importId?: unknown; dryRun?: unknown };
  const came = typeof importId === 'string' && !dryRun;
  const seesPayloads = useSeesPayloads();
  const { data } = useQuery({
    queryKey: keys.batches.table(id),
    enabled: came && seesPayloads,
    queryFn: ({ signal }) => api<BatchTableAnswer>(`/batches/${encodeURIComponent(id)}/table`, { signal }),
  });
  return { table: data?.table ?? null, isGone: data?.missing === 'not-kept' };
}
