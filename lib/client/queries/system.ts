'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { DiagnosisDto, DoctorDto } from '@/lib/contracts/doctor';
import type { RedactionAnswer } from '@/lib/contracts/redaction';
import type { SearchHits } from '@/lib/contracts/search';
import type { SecretList } from '@/lib/contracts/secret';
import type { CapacityDto, ViewerDto } from '@/lib/contracts/system';
import type { NodeList } from '@/lib/contracts/worker';

/** What runs now and how much may run, kept current by the stream. */
export function useCapacity() {
  return useQuery({
    queryKey: keys.capacity,
    refetchInterval: 30_000,
    queryFn: ({ signal }) => api<CapacityDto>('/capacity', { signal }),
  });
}

/** The live machines and what they are doing; read again every 2 s while it is on screen. */
export function useWorkers() {
  return useQuery({
    queryKey: keys.workers,
    refetchInterval: 2_000,
    queryFn: ({ signal }) => api<NodeList>('/workers', { signal }),
    select: ({ nodes }) => nodes,
  });
}

/** Open batches that look stuck, longest first; read again every 15 s. */
export function useStuckBatches({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.doctor.stuck,
    enabled,
    refetchInterval: 15_000,
    queryFn: ({ signal }) => api<DoctorDto>('/doctor', { signal }),
    select: ({ batches }) => batches,
  });
}

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

/** Who is signed in. */
export function useViewer() {
  return useQuery({
    queryKey: keys.viewer,
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => api<ViewerDto>('/viewer', { signal }),
  });
}

/** Whether the contents of jobs are shown to who is signed in. */
export const useSeesPayloads = (): boolean => useViewer().data?.seesPayloads !== false;

/** Passages of embedded documents nearest to `q`, best first. No request while `q` is empty. */
export function useSearch(q: string, { batchId, limit = 20 }: { batchId?: string; limit?: number } = {}) {
  const words = q.trim();
  const seesPayloads = useSeesPayloads();
  return useQuery({
    queryKey: keys.search(words, batchId, limit),
    enabled: words !== '' && seesPayloads,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api<SearchHits>('/search', { query: { q: words, limit, batchId }, signal }),
    select: (answer) => answer.hits,
  });
}

/** What is hidden in inputs, results and messages. */
export function useRedaction() {
  return useQuery({
    queryKey: keys.redaction,
    queryFn: ({ signal }) => api<RedactionAnswer>('/redaction', { signal }),
    select: ({ redaction }) => redaction,
  });
}

/** The names of the organization's secrets; their values are never returned. */
export function useSecrets({ enabled = true } = {}) {
  return useQuery({
    queryKey: keys.secrets,
    enabled,
    queryFn: ({ signal }) => api<SecretList>('/secrets', { signal }),
    select: ({ secrets }) => secrets,
  });
}
