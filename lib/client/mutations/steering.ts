'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { BatchAnswer } from '@/lib/contracts/batch';
import type { PauseAllAnswer, PauseAllBody, UpdateBatchBody } from '@/lib/contracts/steering';

/** Changes options, the name or the metadata of a batch. */
export function useUpdateBatch(batchId: string) {
  const client = useQueryClient();
  const live = useLive();
  return useMutation({
    mutationFn: (json: UpdateBatchBody) =>
      api<BatchAnswer>(`/batches/${encodeURIComponent(batchId)}`, { method: 'PATCH', json }),
    onSuccess: ({ batch }) => {
      live.mergeBatch(batch, performance.now());
      client.setQueryData(keys.batches.detail(batch.id), batch);
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.batches.lists }),
        client.invalidateQueries({ queryKey: keys.batches.detail(batchId) }),
      ]),
  });
}

/** Pauses or resumes everything. Settles when the capacity is that of the server. */
function usePausing(verb: 'pause-all' | 'resume-all') {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (json: PauseAllBody) => api<PauseAllAnswer>(`/${verb}`, { method: 'POST', json }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.capacity }),
        client.invalidateQueries({ queryKey: keys.batches.lists }),
      ]),
  });
}

export const usePauseAll = () => usePausing('pause-all');
export const useResumeAll = () => usePausing('resume-all');
