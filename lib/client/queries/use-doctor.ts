'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { DiagnosisDto, PausedQueueDto, StuckBatchDto } from '@/lib/contracts/doctor';

interface Look {
  batches: StuckBatchDto[];
  queues: PausedQueueDto[];
}

/** A cheap look at everything, repeated now and then. */
function useLook<T>(enabled: boolean, select: (look: Look) => T) {
  return useQuery({
    queryKey: keys.doctor.stuck,
    enabled,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => api<Look>('/doctor', { signal }),
    select,
  });
}

const batchesOf = (look: Look): StuckBatchDto[] => look.batches;
const queuesOf = (look: Look): PausedQueueDto[] => look.queues;

/** Open batches that look stuck, longest first. */
export const useStuckBatches = ({ enabled = true } = {}) => useLook(enabled, batchesOf);

/** Queues that somebody else has paused. */
export const usePausedQueues = () => useLook(true, queuesOf);

/** A close examination of one batch; it reads every row of it, so it is asked for only while somebody looks. */
export function useDiagnosis(batchId: string) {
  return useQuery({
    queryKey: keys.doctor.diagnosis(batchId),
    staleTime: 0,
    gcTime: 0,
    refetchInterval: 5_000,
    queryFn: ({ signal }) => api<DiagnosisDto>(`/batches/${encodeURIComponent(batchId)}/doctor`, { signal }),
    select: (answer) => answer.findings,
  });
}
