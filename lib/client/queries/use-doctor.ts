'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { DiagnosisDto, DoctorDto, PausedQueueDto, StuckBatchDto } from '@/lib/contracts/doctor';

/** A cheap overview of the organization, repeated every 15 s. */
function useOverview<T>(enabled: boolean, select: (overview: DoctorDto) => T) {
  return useQuery({
    queryKey: keys.doctor.stuck,
    enabled,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => api<DoctorDto>('/doctor', { signal }),
    select,
  });
}

const batchesOf = (overview: DoctorDto): StuckBatchDto[] => overview.batches;
const queuesOf = (overview: DoctorDto): PausedQueueDto[] => overview.queues;

/** Open batches that look stuck, longest first. */
export const useStuckBatches = ({ enabled = true } = {}) => useOverview(enabled, batchesOf);

/** Queues that another program paused. */
export const usePausedQueues = () => useOverview(true, queuesOf);

/** A full diagnosis of one batch. It reads every row, so it runs only while it is on screen. */
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
