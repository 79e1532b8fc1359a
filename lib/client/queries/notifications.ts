'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ChannelList } from '@/lib/contracts/channel';
import type { DeliveryList } from '@/lib/contracts/delivery';
import type { RuleList } from '@/lib/contracts/notification-rule';

/** Deliveries change by themselves: they are read again so often. */
const AGAIN_MS = 5_000;

/** The channels of the organization. A channel may be switched off by itself. */
export function useChannels({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.channels,
    enabled,
    refetchInterval: 30_000,
    queryFn: ({ signal }) => api<ChannelList>('/channels', { signal }),
    select: (answer) => answer.channels,
  });
}

/** The notification rules of the organization. */
export function useRules({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.notificationRules,
    enabled,
    queryFn: ({ signal }) => api<RuleList>('/notification-rules', { signal }),
    select: (answer) => answer.rules,
  });
}

/** What was sent, newest first, a page at a time. @param status empty: all */
export function useDeliveries(status: string, { enabled = true } = {}) {
  return useInfiniteQuery({
    queryKey: keys.deliveries.list(status),
    enabled,
    refetchInterval: AGAIN_MS,
    initialPageParam: null as string | null,
    getNextPageParam: (page: DeliveryList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<DeliveryList>('/deliveries', {
        query: { ...(status === '' ? {} : { status }), limit: 20, cursor: pageParam },
        signal,
      }),
  });
}
