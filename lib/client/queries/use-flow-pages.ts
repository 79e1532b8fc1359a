'use client';

import { useQueries } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { FlowNodesPage } from '@/lib/contracts/flow';
import { FLOW_PAGE } from './use-flow';

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
