'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { DiagnosisDto, StuckBatchDto } from '@/lib/contracts';

/** Open batches that look stuck, longest first. A cheap look, repeated now and then. */
export function useStuckBatches({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.doctor.stuck,
    enabled,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => api<{ batches: StuckBatchDto[] }>('/doctor', { signal }),
    select: (answer) => answer.batches,
  });
}

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
