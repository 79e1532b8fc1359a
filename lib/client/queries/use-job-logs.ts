'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { JobLogs } from '@/lib/contracts/job';

/** The log lines of a job. No event carries them, so they are read again every second and a half while it runs. */
export function useJobLogs(id: string, { enabled = true, running = false } = {}) {
  return useQuery({
    queryKey: keys.jobs.logs(id),
    enabled,
    refetchInterval: running ? 1_500 : false,
    queryFn: ({ signal }) => api<JobLogs>(`/jobs/${encodeURIComponent(id)}/logs`, { signal }),
    select: (answer) => answer.lines,
  });
}
