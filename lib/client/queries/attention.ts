'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { AttentionItem, AttentionList } from '@/lib/contracts/attention';

const itemsOf = ({ items }: AttentionList): AttentionItem[] => items;
const criticalOf = ({ items }: AttentionList): number => items.filter(({ severity }) => severity === 'critical').length;

function useAttentionList<T>(refetchInterval: number, select: (list: AttentionList) => T) {
  return useQuery({
    queryKey: keys.attention,
    refetchInterval,
    queryFn: ({ signal }) => api<AttentionList>('/attention', { signal }),
    select,
  });
}

/** What needs a person, worst first; read again every 15 s, and soon after a batch started or ended. */
export const useAttention = () => useAttentionList(15_000, itemsOf);

/** How much of it is critical. */
export const useCriticalCount = () => useAttentionList(30_000, criticalOf);
