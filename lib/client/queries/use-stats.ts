'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { JobStatsDto } from '@/lib/contracts';

/** Counts over all jobs of the organisation. */
export function useStats() {
  return useQuery({ queryKey: keys.jobs.stats, queryFn: ({ signal }) => api<JobStatsDto>('/jobs/stats', { signal }) });
}
