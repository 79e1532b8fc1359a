'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiAnswer } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';

export type StartOutcome = 'started' | 'already-running' | 'queued';

/** Starts what waits in a batch, or lets it wait for capacity. At capacity, `now` throws ApiError `capacity-reached`. */
export function useStartBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ batchId, how = 'now' }: { batchId: string; how?: 'now' | 'queue' }): Promise<StartOutcome> => {
      const path = `/jobs/process/all/${encodeURIComponent(batchId)}`;
      const json = how === 'queue' ? { start: 'queue' } : undefined;
      const { status } = await apiAnswer<unknown>(path, { method: 'POST', json });
      if (status === 202) return 'already-running';
      return how === 'queue' ? 'queued' : 'started';
    },
    onSettled: (_outcome, _error, { batchId }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.batches.detail(batchId) }),
        client.invalidateQueries({ queryKey: keys.batches.lists }),
        client.invalidateQueries({ queryKey: keys.capacity }),
      ]),
  });
}
