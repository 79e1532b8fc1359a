'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useConnection } from '@/lib/client/live/use-connection';
import type { BatchDto } from '@/lib/contracts/batch';
import type { ItemChange } from '@/lib/contracts/choices';
import type { ComparedItems, ComparisonDto } from '@/lib/contracts/compare';
import type { SlowDto } from '@/lib/contracts/slow';

/** What is compared with a batch, as the address of the page holds it. */
export interface CompareChoice {
  with?: string | undefined;
  run?: string | undefined;
  withRun?: string | undefined;
  match?: string | undefined;
}

/** Two batches, or two runs of one, side by side. A comparison is large work for the server, so it is read once. */
export function useComparison(batchId: string, choice: CompareChoice) {
  return useQuery({
    queryKey: keys.batches.comparison(batchId, { ...choice }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api<{ comparison: ComparisonDto }>(`/batches/${encodeURIComponent(batchId)}/compare`, {
        query: { ...choice },
        signal,
      }),
    select: (answer) => answer.comparison,
  });
}

/** The items of a comparison, a page at a time. `match` is how the comparison matched them. */
export function useComparedItems(
  batchId: string,
  choice: CompareChoice,
  { change, enabled }: { change: readonly ItemChange[]; enabled: boolean },
) {
  const query = { ...choice, ...(change.length > 0 ? { change: change.join(',') } : {}) };
  return useInfiniteQuery({
    queryKey: keys.batches.comparedItems(batchId, query),
    enabled,
    staleTime: 60_000,
    initialPageParam: null as string | null,
    getNextPageParam: (page: ComparedItems) => page.nextCursor,
    queryFn: ({ pageParam, signal }) =>
      api<ComparedItems>(`/batches/${encodeURIComponent(batchId)}/compare/items`, {
        query: { ...query, limit: 50, cursor: pageParam },
        signal,
      }),
  });
}

/** How often the explanation of a running batch is read again. */
const PACE = 15_000;

/** Where the time of a batch goes. */
export function useSlowness({ id, run, status }: Pick<BatchDto, 'id' | 'run' | 'status'>) {
  const live = useConnection().state === 'live';
  const changing = status === 'in-progress' || status === 'pending';
  return useQuery({
    queryKey: keys.batches.slow(id, run, status),
    staleTime: PACE,
    refetchInterval: changing && live ? PACE : false,
    queryFn: ({ signal }) => api<{ slow: SlowDto }>(`/batches/${encodeURIComponent(id)}/slow`, { signal }),
    select: (answer) => answer.slow,
  });
}
