'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo, useRef } from 'react';
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
  const pathname = usePathname();
  const search = useSearchParams().toString();
  const pushed = useRef(false);
  const read = useMemo(() => {
    const parameters = new URLSearchParams(search);
    const status = (parameters.get('status') ?? '').split(',').filter(isStatus);
    return { status, q: parameters.get('q') ?? '', warned: parameters.has('warned'), jobId: parameters.get('job') };
  }, [search]);
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

  const write = useCallback(
    (name: string, value: string | null, how: 'pushState' | 'replaceState') => {
      const parameters = new URLSearchParams(globalThis.location.search);
      if (value) parameters.set(name, value);
      else parameters.delete(name);
      const text = parameters.toString().replaceAll('%2C', ',');
      globalThis.history[how](null, '', text ? `${pathname}?${text}` : pathname);
    },
    [pathname],
  );
  const setStatus = useCallback(
    (status: readonly JobStatus[]) => write('status', status.join(',') || null, 'replaceState'),
    [write],
  );
  const setQ = useCallback((q: string) => write('q', q.trim() || null, 'replaceState'), [write]);
  const setWarned = useCallback((warned: boolean) => write('warned', warned ? 'true' : null, 'replaceState'), [write]);
  const clear = useCallback(() => {
    for (const name of ['status', 'q', 'warned']) write(name, null, 'replaceState');
  }, [write]);
  const openJob = useCallback(
    (jobId: string) => {
      const first = new URLSearchParams(globalThis.location.search).get('job') === null;
      if (first) pushed.current = true;
      write('job', jobId, first ? 'pushState' : 'replaceState');
    },
    [write],
  );
  const closeJob = useCallback(() => {
    if (pushed.current) {
      pushed.current = false;
      globalThis.history.back();
    } else write('job', null, 'replaceState');
  }, [write]);
  return { filters, ...read, setStatus, setQ, setWarned, clear, openJob, closeJob };
}
