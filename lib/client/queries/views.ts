'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ViewListAnswer } from '@/lib/contracts/view';

/** The saved views that the signed-in person sees: own ones, then shared ones. */
export function useViews() {
  return useQuery({
    queryKey: keys.views.list,
    staleTime: 60_000,
    queryFn: ({ signal }) => api<ViewListAnswer>('/views', { signal }),
    select: (answer) => answer.views,
  });
}

/** The same with how many each finds, counted again every 15 s while the page is looked at. */
export function useViewCounts({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.views.counts,
    enabled,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => api<ViewListAnswer>('/views', { query: { counts: true }, signal }),
    select: (answer) => new Map(answer.views.map((view) => [view.id, view.count ?? null])),
  });
}
