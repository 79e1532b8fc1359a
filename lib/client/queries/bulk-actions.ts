'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type {
  BulkActionAnswer,
  BulkActionDto,
  BulkActionJobList,
  BulkActionList,
  BulkJobState,
} from '@/lib/contracts/bulk-action';

/** No event carries bulk actions. While one runs it is read again once a second. */
const RUNNING_MS = 1_000;
/** Another person may start one. */
const IDLE_MS = 10_000;

const pathOf = (id: string): string => `/bulk-actions/${encodeURIComponent(id)}`;

/** The bulk actions of the organization, newest first, a page at a time. */
export function useBulkActions({ limit = 50, enabled = true } = {}) {
  return useInfiniteQuery({
    enabled,
    queryKey: keys.bulkActions.list(limit),
    initialPageParam: null as string | null,
    getNextPageParam: (page: BulkActionList) => page.nextCursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ bulkActions }) => bulkActions.some(({ status }) => status === 'running'))
        ? RUNNING_MS
        : IDLE_MS,
    queryFn: ({ pageParam, signal }) =>
      api<BulkActionList>('/bulk-actions', { query: { limit, cursor: pageParam }, signal }),
  });
}

/** A bulk action with its counters. */
export function useBulkAction(id: string) {
  return useQuery<BulkActionDto>({
    queryKey: keys.bulkActions.detail(id),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? RUNNING_MS : false),
    queryFn: async ({ signal }) => (await api<BulkActionAnswer>(pathOf(id), { signal })).bulkAction,
  });
}

/** The jobs of a bulk action with what became of each, a page at a time; read again when its counters move. */
export function useBulkActionJobs({ id, done, failed, skipped }: BulkActionDto, state: BulkJobState) {
  return useInfiniteQuery({
    queryKey: keys.bulkActions.jobs(
      id,
      state,
      { done, failed, skipped, waiting: done + failed + skipped }[state].toString(),
    ),
    initialPageParam: null as string | null,
    getNextPageParam: (page: BulkActionJobList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<BulkActionJobList>(`${pathOf(id)}/jobs`, { query: { state, limit: 50, cursor: pageParam }, signal }),
  });
}
