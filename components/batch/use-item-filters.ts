'use client';

import { useCallback, useMemo } from 'react';
import { useOpenJob, useUrlFilters } from '@/components/ui/use-url-filters';
import type { BatchJobFilters } from '@/lib/client/keys';
import type { JobStatus } from '@/lib/contracts/status';
import { isStatus, itemFilters, itemsOfAddress } from './item-address';
import { MAX_FIELDS } from './result-fields';

export interface ItemFilters {
  filters: BatchJobFilters;
  status: readonly JobStatus[];
  q: string;
  /** only items with warnings */
  warned: boolean;
  /** fields of the results that are columns; none: the result is one column */
  fields: readonly string[];
  jobId: string | null;
  setStatus: (status: readonly JobStatus[]) => void;
  setQ: (q: string) => void;
  setWarned: (warned: boolean) => void;
  setFields: (fields: readonly string[]) => void;
  /** removes all filters */
  clear: () => void;
  openJob: (jobId: string) => void;
  closeJob: () => void;
}

/** Keeps the filters and the open job in the URL, so that they survive a reload and can be shared. */
export function useItemFilters(): ItemFilters {
  const [params, change] = useUrlFilters();
  const read = useMemo(() => {
    return { ...itemsOfAddress((name) => params.get(name)), jobId: params.get('job') };
  }, [params]);
  // Stable while only the open job changes, so that the list is not refetched.
  const statusKey = read.status.join(',');
  const filters = useMemo<BatchJobFilters>(
    () => itemFilters({ status: statusKey.split(',').filter(isStatus), q: read.q, warned: read.warned }),
    [statusKey, read.q, read.warned],
  );
  const fieldsKey = params.get('fields') ?? '';
  const fields = useMemo(() => [...new Set(fieldsKey.split(',').filter(Boolean))].slice(0, MAX_FIELDS), [fieldsKey]);
  const setFields = useCallback((next: readonly string[]) => change({ fields: next }), [change]);
  const setStatus = useCallback((status: readonly JobStatus[]) => change({ status }), [change]);
  const setQ = useCallback((q: string) => change({ q: q.trim() }), [change]);
  const setWarned = useCallback((warned: boolean) => change({ warned: warned ? 'true' : '' }), [change]);
  const clear = useCallback(() => change({ status: '', q: '', warned: '' }), [change]);
  return { filters, ...read, fields, setFields, setStatus, setQ, setWarned, clear, ...useOpenJob(change) };
}
