'use client';

import { type QueryClient, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '@/lib/client/api';
import { type BatchJobFilters, keys } from '@/lib/client/keys';
import type { Live } from '@/lib/client/live/live';
import { useLive } from '@/lib/client/provider';
import type { BatchJobList } from '@/lib/contracts/job';

export const BATCH_JOBS_PAGE = 100;

async function fetchPage(
  live: Live,
  batchId: string,
  filters: BatchJobFilters,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<BatchJobList> {
  const askedAt = performance.now();
  const query = { ...filters, limit: BATCH_JOBS_PAGE, cursor };
  const page = await api<BatchJobList>(`/batches/${encodeURIComponent(batchId)}/jobs`, { query, signal });
  return { ...page, jobs: page.jobs.map((job) => live.mergeJob(job, askedAt)) };
}

/** The items of a batch in item order, a page at a time. */
export function useBatchJobs(batchId: string, filters: BatchJobFilters = {}) {
  const live = useLive();
  return useInfiniteQuery({
    queryKey: keys.batches.jobs(batchId, filters),
    initialPageParam: null as string | null,
    getNextPageParam: (page: BatchJobList) => page.nextCursor,
    queryFn: ({ pageParam, signal }) => fetchPage(live, batchId, filters, pageParam, signal),
  });
}

type Pages = { pages: BatchJobList[]; pageParams: (string | null)[] };

/**
 * Reads pages `from`…`to` again and replaces them, so that a long list is not read from its start. Continues while the
 * end of a page has moved, so that no row is lost between two pages.
 */
async function refreshPages(
  client: QueryClient,
  live: Live,
  batchId: string,
  filters: BatchJobFilters,
  [from, to]: readonly [number, number],
): Promise<void> {
  const key = keys.batches.jobs(batchId, filters);
  const before = client.getQueryData<Pages>(key);
  if (!before) return;
  const fresh = new Map<number, { page: BatchJobList; param: string | null }>();
  let param = before.pageParams[from] ?? null;
  for (let index = from; index < before.pages.length; index += 1) {
    const page = await fetchPage(live, batchId, filters, param);
    fresh.set(index, { page, param });
    const joined = page.nextCursor === (before.pageParams[index + 1] ?? before.pages[index]?.nextCursor ?? null);
    if (!page.nextCursor || (index >= to && joined) || index > to + 3) break;
    param = page.nextCursor;
  }
  client.setQueryData<Pages>(key, (held) => {
    // Pages that were loaded or dropped meanwhile are newer than these.
    if (!held || held.pages.length !== before.pages.length) return held;
    const end = [...fresh.values()].some(({ page }) => page.nextCursor === null)
      ? from + fresh.size
      : held.pages.length;
    return {
      pages: held.pages.slice(0, end).map((page, index) => fresh.get(index)?.page ?? page),
      pageParams: held.pageParams.slice(0, end).map((old, index) => fresh.get(index)?.param ?? old),
    };
  });
}

/** Returns a function that reads the given pages of a batch's items again. */
export function useRefreshBatchJobs(batchId: string, filters: BatchJobFilters) {
  const client = useQueryClient();
  const live = useLive();
  return useCallback(
    (range: readonly [number, number]) => refreshPages(client, live, batchId, filters, range),
    [client, live, batchId, filters],
  );
}
