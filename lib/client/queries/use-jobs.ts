'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { type JobFilters, keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { JobList } from '@/lib/contracts/job';

/** Jobs of the organization, newest first, a page at a time. */
export function useJobs(filters: JobFilters = {}, { limit = 100, enabled = true } = {}) {
  const live = useLive();
  return useInfiniteQuery({
    queryKey: keys.jobs.list(filters, limit),
    enabled,
    initialPageParam: null as string | null,
    getNextPageParam: (page: JobList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: async ({ pageParam, signal }) => {
      const askedAt = performance.now();
      const page = await api<JobList>('/jobs', { query: { ...filters, limit, cursor: pageParam }, signal });
      return { ...page, jobs: page.jobs.map((job) => live.mergeJob(job, askedAt)) };
    },
  });
}
