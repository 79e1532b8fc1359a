'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { type ActiveKind, type AuditFilters, keys } from '@/lib/client/keys';
import type { AuditActorList, AuditList } from '@/lib/contracts/audit';

const FOLDERS: Record<ActiveKind, string> = { batch: 'batches', job: 'jobs', flow: 'flows', schedule: 'schedules' };

/** Audit entries of the organization, newest first, a page at a time. */
export function useAuditEntries(filters: AuditFilters, { limit = 100, refetchInterval = 0, enabled = true } = {}) {
  return useInfiniteQuery({
    queryKey: keys.audit.list(filters, limit),
    enabled,
    refetchInterval: refetchInterval || false,
    initialPageParam: null as string | null,
    getNextPageParam: (page: AuditList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<AuditList>('/audit', { query: { ...filters, limit, cursor: pageParam }, signal }),
  });
}

/** Who has entries in the audit log. */
export function useAuditActors() {
  return useQuery({
    queryKey: keys.audit.actors,
    queryFn: ({ signal }) => api<AuditActorList>('/audit/actors', { signal }),
    select: (answer) => answer.actors,
  });
}

const PAGE = 50;

/**
 * What was done to a batch, job, flow or schedule, newest first. No event carries it, so it is read again when the object changes.
 * @param moved a text of the state that an action changes
 */
export function useActivity(kind: ActiveKind, id: string, moved: string) {
  return useQuery({
    queryKey: keys.activity(kind, id, moved),
    refetchInterval: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api<AuditList>(`/${FOLDERS[kind]}/${encodeURIComponent(id)}/activity`, { query: { limit: PAGE }, signal }),
  });
}
