'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { useLive } from '@/lib/client/provider';
import type { JobAnswer } from '@/lib/contracts/job';
import { settleJob } from './settle-job';

/** A pending job never starts. A running one gets the abort signal; without `force` it may still complete. */
export function useCancelJob() {
  const client = useQueryClient();
  const live = useLive();
  return useMutation({
    mutationFn: ({ jobId, force = false }: { jobId: string; force?: boolean }) =>
      api<JobAnswer>(`/jobs/${encodeURIComponent(jobId)}/cancel`, { method: 'PATCH', json: { force } }),
    onSuccess: ({ job }) => settleJob(client, live, job),
  });
}
