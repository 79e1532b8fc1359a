'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { mapJobs } from '@/lib/client/live/flow-cache';
import { useLive } from '@/lib/client/provider';
import type { FlowAnswer, FlowDto } from '@/lib/contracts/flow';

/** Children of a node that the tree's answer contains; more are read page by page. */
export const FLOW_PAGE = 50;

/** A flow as a tree, kept current by the stream. Inputs and results are left out: a job's own page has them. */
export function useFlow(id: string) {
  const live = useLive();
  return useQuery<FlowDto>({
    queryKey: keys.flows.tree(id),
    refetchInterval: ({ state }) => (state.data && state.data.progress < 100 ? 10_000 : false),
    queryFn: async ({ signal }) => {
      const askedAt = performance.now();
      const { flow } = await api<FlowAnswer>(`/flows/${encodeURIComponent(id)}`, {
        query: { children: FLOW_PAGE, values: false },
        signal,
      });
      return mapJobs(flow, (job) => live.mergeJob(job, askedAt));
    },
  });
}
