'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { BatchAnswer } from '@/lib/contracts/batch';

/** A call about one batch whose answer has its new state. Shared by pause, resume, cancel and retry. */
export function useBatchMutation<V extends { batchId: string }, A extends BatchAnswer>(
  action: string,
  body?: (variables: V) => unknown,
) {
  const client = useQueryClient();
  const live = useLive();
  return useMutation({
    mutationFn: (variables: V) =>
      api<A>(`/batches/${encodeURIComponent(variables.batchId)}/${action}`, {
        method: 'POST',
        json: body?.(variables),
      }),
    onSuccess: ({ batch }) => {
      live.mergeBatch(batch, performance.now());
      client.setQueryData(keys.batches.detail(batch.id), batch);
    },
    onSettled: (_answer, _error, { batchId }) => {
      void client.invalidateQueries({ queryKey: keys.batches.lists });
      void client.invalidateQueries({ queryKey: keys.batches.jobsOf(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.failures(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.matrix(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.detail(batchId) });
    },
  });
}
