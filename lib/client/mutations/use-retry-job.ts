'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { useLive } from '@/lib/client/provider';
import type { JobAnswer } from '@/lib/contracts/job';
import { settleJob } from './settle-job';

/** Runs a failed or cancelled job again, with new input when `data` is given. */
export function useRetryJob() {
  const client = useQueryClient();
  const live = useLive();
  return useMutation({
    mutationFn: ({ jobId, data }: { jobId: string; data?: unknown }) =>
      api<JobAnswer>(`/jobs/${encodeURIComponent(jobId)}/retry`, {
        method: 'POST',
        json: data === undefined ? {} : { data },
      }),
    onSuccess: ({ job }) => settleJob(client, live, job),
  });
}
