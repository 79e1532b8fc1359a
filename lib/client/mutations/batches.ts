'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, apiAnswer } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useLive } from '@/lib/client/provider';
import type { BatchAnswer, BatchDto, LaunchResult, ResumeBatchBody, RetryBatchBody } from '@/lib/contracts/batch';
import type { DiagnosisDto, RepairDto } from '@/lib/contracts/doctor';

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

export type StartOutcome = 'started' | 'already-running' | 'queued';

/** Starts what waits in a batch, or lets it wait for capacity. At capacity, `now` throws ApiError `capacity-reached`. */
export function useStartBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ batchId, how = 'now' }: { batchId: string; how?: 'now' | 'queue' }): Promise<StartOutcome> => {
      const path = `/jobs/process/all/${encodeURIComponent(batchId)}`;
      const json = how === 'queue' ? { start: 'queue' } : undefined;
      const { status, data } = await apiAnswer<LaunchResult>(path, { method: 'POST', json });
      if (status === 202) return 'already-running';
      // While everything is paused it waits, however it was to start.
      return how === 'queue' || data.status === 'pending' ? 'queued' : 'started';
    },
    onSettled: (_outcome, _error, { batchId }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.batches.detail(batchId) }),
        client.invalidateQueries({ queryKey: keys.batches.lists }),
        client.invalidateQueries({ queryKey: keys.capacity }),
      ]),
  });
}

/** Running items complete; no further item starts until the batch is resumed. */
export const usePauseBatch = () => useBatchMutation<{ batchId: string }, BatchAnswer>('pause');

/** Lets a paused batch go on. */
export const useResumeBatch = () =>
  useBatchMutation<{ batchId: string } & ResumeBatchBody, BatchAnswer>('resume', ({ batchId: _, ...body }) => body);

/** Graceful: running items complete. `force`: they are aborted. In both cases no further item starts. */
export const useCancelBatch = () =>
  useBatchMutation<{ batchId: string; force?: boolean }, BatchAnswer>('cancel', ({ force = false }) => ({
    force,
  }));

/** Which unsuccessful items run again: all of a scope, those that failed for a reason, or those that a search finds. */
export type RetryChoice = Pick<RetryBatchBody, 'reason' | 'q'> & { only: 'failed' | 'cancelled' | 'all' };

export const useRetryBatch = () =>
  useBatchMutation<RetryChoice & { batchId: string }, { batch: BatchDto; retried: number }>(
    'retry',
    ({ only, reason, q }) => ({ only, reason, q }),
  );

/** Repairs a batch from its rows. The answer has what was done and what is still found. */
export function useRepairBatch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ batchId }: { batchId: string }) =>
      api<RepairDto>(`/batches/${encodeURIComponent(batchId)}/mend`, { method: 'POST' }),
    onSuccess: ({ batchId, remaining }) =>
      client.setQueryData<DiagnosisDto>(keys.doctor.diagnosis(batchId), { batchId, findings: remaining }),
    onSettled: (_answer, _error, { batchId }) => {
      void client.invalidateQueries({ queryKey: keys.doctor.stuck });
      void client.invalidateQueries({ queryKey: keys.batches.lists });
      void client.invalidateQueries({ queryKey: keys.batches.detail(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.jobsOf(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.matrix(batchId) });
      void client.invalidateQueries({ queryKey: keys.batches.failures(batchId) });
    },
  });
}
