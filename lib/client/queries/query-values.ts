'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { JobCountDto, ListValuesQuery, ValueList } from '@/lib/contracts/query-values';

/** Values that a field of a query had lately; those of the text before stay until the new ones are there. */
export function useQueryValues(asked: ListValuesQuery | null) {
  return useQuery({
    queryKey: keys.queryValues(asked ?? {}),
    enabled: asked !== null,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { values } = await api<ValueList>('/query-values', { query: { ...asked }, signal });
      return { field: asked?.field, values };
    },
  });
}

/** How many jobs match a query, by status. */
export function useJobCount(query: string, { enabled }: { enabled: boolean }) {
  return useQuery({
    queryKey: keys.jobs.count(query),
    enabled,
    queryFn: ({ signal }) => api<JobCountDto>('/jobs/count', { query: { query }, signal }),
  });
}
