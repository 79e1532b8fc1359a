'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiAnswer } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts';

export type StartOutcome = 'started' | 'already-running';

/** Starts what waits in a batch. At capacity it throws ApiError `capacity-reached`. */
export function useStartBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (batchId: string): Promise<StartOutcome> => {
      const path = `/jobs/process/all/${encodeURIComponent(batchId)}`;
      const { status } = await apiAnswer<{ batch?: BatchDto }>(path, { method: 'POST' });
      return status === 202 ? 'already-running' : 'started';
    },
    onSettled: (_outcome, _error, batchId) =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.batches.detail(batchId) }),
        client.invalidateQueries({ queryKey: keys.batches.lists }),
        client.invalidateQueries({ queryKey: keys.capacity }),
      ]),
  });
}
