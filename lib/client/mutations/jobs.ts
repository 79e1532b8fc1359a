'use client';

import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { Live } from '@/lib/client/live/live';
import { useLive } from '@/lib/client/provider';
import type { JobAnswer, JobDetailDto, JobDto } from '@/lib/contracts/job';

/** Shows the answer of an action on a job, and reads again what the action changed elsewhere. */
export function settleJob(client: QueryClient, live: Live, job: JobDto): void {
  live.mergeJob(job, performance.now());
  client.setQueryData<JobDetailDto>(keys.jobs.detail(job.id), (held) => (held ? { ...held, ...job } : held));
  void client.invalidateQueries({ queryKey: keys.jobs.all });
  // A node of a flow changes the nodes that wait for it.
  void client.invalidateQueries({ queryKey: keys.flows.trees });
  if (!job.batchId) return;
  void client.invalidateQueries({ queryKey: keys.batches.jobsOf(job.batchId) });
  void client.invalidateQueries({ queryKey: keys.batches.detail(job.batchId) });
  void client.invalidateQueries({ queryKey: keys.batches.failures(job.batchId) });
}

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
