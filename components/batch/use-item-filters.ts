'use client';

import { useCallback, useMemo } from 'react';
import { useOpenJob, useUrlFilters } from '@/components/ui/use-url-filters';
import type { BatchJobFilters } from '@/lib/client/keys';
import { JOB_STATUSES, type JobStatus } from '@/lib/contracts/status';

export interface ItemFilters {
  filters: BatchJobFilters;
  status: readonly JobStatus[];
  q: string;
  /** only items with warnings */
  warned: boolean;
  jobId: string | null;
  setStatus: (status: readonly JobStatus[]) => void;
  setQ: (q: string) => void;
  setWarned: (warned: boolean) => void;
  /** removes all filters */
  clear: () => void;
  openJob: (jobId: string) => void;
  closeJob: () => void;
}

const isStatus = (word: string): word is JobStatus => (JOB_STATUSES as readonly string[]).includes(word);

/** Keeps the filters and the open job in the URL, so that they survive a reload and can be shared. */
export function useItemFilters(): ItemFilters {
  const [params, change] = useUrlFilters();
  const read = useMemo(() => {
    const status = (params.get('status') ?? '').split(',').filter(isStatus);
    return { status, q: params.get('q') ?? '', warned: params.has('warned'), jobId: params.get('job') };
  }, [params]);
  // Stable while only the open job changes, so that the list is not refetched.
  const statusKey = read.status.join(',');
  const filters = useMemo<BatchJobFilters>(
    () => ({
      ...(statusKey ? { status: statusKey.split(',').filter(isStatus) } : {}),
      ...(read.q ? { q: read.q } : {}),
      ...(read.warned ? { warned: true } : {}),
    }),
    [statusKey, read.q, read.warned],
  );
  const setStatus = useCallback((status: readonly JobStatus[]) => change({ status }), [change]);
  const setQ = useCallback((q: string) => change({ q: q.trim() }), [change]);
  const setWarned = useCallback((warned: boolean) => change({ warned: warned ? 'true' : '' }), [change]);
  const clear = useCallback(() => change({ status: '', q: '', warned: '' }), [change]);
  return { filters, ...read, setStatus, setQ, setWarned, clear, ...useOpenJob(change) };
}
