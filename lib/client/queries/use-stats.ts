'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { JobStatsDto } from '@/lib/contracts/job';

/** Counts over all jobs of the organization. */
export function useStats() {
  return useQuery({ queryKey: keys.jobs.stats, queryFn: ({ signal }) => api<JobStatsDto>('/jobs/stats', { signal }) });
}
