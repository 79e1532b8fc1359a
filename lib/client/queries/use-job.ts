'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { JobDetailAnswer, JobDetailDto } from '@/lib/contracts/job';
import { isTerminal } from '@/lib/contracts/status';

/** One job with its attempts, kept current by the stream. */
export function useJob(id: string) {
  const live = useLive();
  return useQuery<JobDetailDto>({
    queryKey: keys.jobs.detail(id),
    refetchInterval: ({ state }) => (state.data && !isTerminal(state.data.status) ? 10_000 : false),
    queryFn: async ({ signal }) => {
      const askedAt = performance.now();
      const { job } = await api<JobDetailAnswer>(`/jobs/${encodeURIComponent(id)}`, { signal });
      return live.mergeJob(job, askedAt);
    },
  });
}
