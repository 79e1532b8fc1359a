'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { CreateJobBody, JobDto } from '@/lib/contracts';

/** Creates a single job, outside of any batch. */
export function useCreateJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, idempotencyKey }: { body: CreateJobBody; idempotencyKey?: string }) =>
      api<{ jobId: string; job: JobDto }>('/jobs', {
        method: 'POST',
        json: body,
        headers: idempotencyKey ? { 'idempotency-key': idempotencyKey } : {},
      }),
    onSettled: () => client.invalidateQueries({ queryKey: keys.jobs.all }),
  });
}
