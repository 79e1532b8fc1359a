'use client';

import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { type FlowFilters, keys } from '@/lib/client/keys';
import { mapJobs } from '@/lib/client/live/flow-cache';
import { useLive } from '@/lib/client/provider';
import type { FlowAnswer, FlowDto, FlowList, FlowNodesPage } from '@/lib/contracts/flow';

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

/** Flows, newest first, a page at a time, without their nodes. */
export function useFlows(filters: FlowFilters = {}, { limit = 50, enabled = true } = {}) {
  return useInfiniteQuery({
    queryKey: keys.flows.list(filters, limit),
    enabled,
    initialPageParam: null as string | null,
    getNextPageParam: (page: FlowList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<FlowList>('/flows', { query: { ...filters, limit, cursor: pageParam }, signal }),
  });
}

/** A page of children that is not part of the tree's answer. */
export interface WantedPage {
  parent: string;
  cursor: string;
}

export interface FlowPageState extends WantedPage {
  data: FlowNodesPage | undefined;
  error: Error | null;
  refetch: () => void;
}

/** Further children of wide nodes, one query for each page. */
export function useFlowPages(flowId: string, wanted: readonly WantedPage[]): FlowPageState[] {
  const live = useLive();
  return useQueries({
    queries: wanted.map(({ parent, cursor }) => ({
      queryKey: keys.flows.page(flowId, parent, cursor),
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const askedAt = performance.now();
        const page = await api<FlowNodesPage>(`/flows/${encodeURIComponent(flowId)}/nodes`, {
          query: { parent, cursor, limit: FLOW_PAGE },
          signal,
        });
        return {
          ...page,
          nodes: page.nodes.map((node) => ({ ...node, job: live.mergeJob(node.job, askedAt) })),
        };
      },
    })),
    combine: (results) =>
      results.map(({ data, error, refetch }, index) => ({
        parent: wanted[index]?.parent ?? '',
        cursor: wanted[index]?.cursor ?? '',
        data,
        error,
        refetch: () => void refetch(),
      })),
  });
}
