'use client';

import { type QueryClient, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, apiBytes } from '@/lib/client/api';
import { type BatchJobFilters, keys } from '@/lib/client/keys';
import type { Live } from '@/lib/client/live/live';
import { useConnection } from '@/lib/client/live/use-connection';
import type { RetryChoice } from '@/lib/client/mutations/batches';
import { PAGE_SIZES } from '@/lib/client/page-sizes';
import { useLive } from '@/lib/client/provider';
import type { BatchDto, FailureGroups, RetryBatchResult, ThroughputDto } from '@/lib/contracts/batch';
import type { BatchJobList, JobSummaryDto } from '@/lib/contracts/job';
import { must } from '@/lib/contracts/must';

async function fetchPage(
  live: Live,
  batchId: string,
  filters: BatchJobFilters,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<BatchJobList> {
  const askedAt = performance.now();
  const query = { ...filters, limit: PAGE_SIZES.items, cursor };
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

/** The item at a place of a batch, from 0; null if there is none. */
export async function findBatchJob(batchId: string, index: number): Promise<JobSummaryDto | null> {
  const query = { q: `#${index + 1}`, limit: 1 };
  const { jobs } = await api<BatchJobList>(`/batches/${encodeURIComponent(batchId)}/jobs`, { query });
  return jobs.find((job) => job.index === index) ?? null;
}

/** A glance at an item is as of a moment ago at most. */
const GLANCE_MS = 3_000;

/** The item at a place of a batch, from 0; nothing is read for null. */
export function useItemAt(batchId: string, index: number | null) {
  return useQuery({
    queryKey: keys.batches.item(batchId, index ?? -1),
    enabled: index !== null,
    staleTime: GLANCE_MS,
    queryFn: () => findBatchJob(batchId, must(index, 'The place of the item')),
  });
}

const CALM_MS = 4_000;
const BEHIND_MS = 1_000;
/** Counting more failures by reason every second would cost too much. */
const MANY = 5_000;

const readFailures = (batchId: string, signal: AbortSignal): Promise<FailureGroups> =>
  api<FailureGroups>(`/batches/${encodeURIComponent(batchId)}/failures`, { signal });

/**
 * Why items of a batch failed, most frequent first. `failed` is the batch's counter: while the reasons add up to less,
 * they are read more often.
 */
export function useFailures(batchId: string, { enabled = true, changing = false, failed = 0 } = {}) {
  const live = useConnection().state === 'live';
  return useQuery({
    queryKey: keys.batches.failures(batchId),
    enabled,
    queryFn: ({ signal }) => readFailures(batchId, signal),
    refetchInterval: ({ state }) => {
      if (!changing || !live) return false;
      const known = state.data?.groups.reduce((sum, group) => sum + group.count, 0) ?? 0;
      return known < failed && failed <= MANY ? BEHIND_MS : CALM_MS;
    },
    select: (answer) => answer.groups,
  });
}

/** How many failed children were discarded: part of the same answer. */
export function useDiscarded(batchId: string, { enabled = true } = {}) {
  return useQuery({
    queryKey: keys.batches.failures(batchId),
    enabled,
    queryFn: ({ signal }) => readFailures(batchId, signal),
    select: (answer) => answer.discarded,
  });
}

/** How often the bytes are read again while they change: rarely when there are many. */
export const matrixPace = (cells: number): number => (cells <= 20_000 ? 1_000 : cells <= 200_000 ? 2_000 : 5_000);

/** One byte per item, in item order. Read again at a bounded rate while `changing`. */
export function useMatrix(batchId: string, { cells, changing }: { cells: number; changing: boolean }) {
  const live = useConnection().state === 'live';
  return useQuery({
    queryKey: keys.batches.matrix(batchId),
    enabled: cells > 0,
    // Equality of a million bytes is not worth knowing.
    structuralSharing: false,
    gcTime: 30_000,
    refetchInterval: changing && live ? matrixPace(cells) : false,
    queryFn: ({ signal }) => apiBytes(`/batches/${encodeURIComponent(batchId)}/matrix`, { signal }),
  });
}

/** How often the curve of a running batch is read again; newer points come from the event stream. */
const PACE = 30_000;

/** The throughput of a batch over time. */
export function useThroughput(batch: Pick<BatchDto, 'id' | 'run' | 'status' | 'startedAt'>) {
  const live = useConnection().state === 'live';
  const changing = batch.status === 'in-progress';
  return useQuery({
    queryKey: keys.batches.throughput(batch.id, batch.run, batch.status),
    enabled: batch.startedAt !== null,
    staleTime: PACE,
    gcTime: 60_000,
    refetchInterval: changing && live ? PACE : false,
    queryFn: ({ signal }) => api<ThroughputDto>(`/batches/${encodeURIComponent(batch.id)}/throughput`, { signal }),
  });
}

/** How many unsuccessful items of a batch a retry would run again. Changes nothing. `null`: no request. */
export function useRetryMatches({ id, failed, cancelled }: BatchDto, choice: RetryChoice | null) {
  return useQuery({
    queryKey: keys.batches.retryMatches(id, { ...choice, failed, cancelled }),
    enabled: choice !== null && failed + cancelled > 0,
    queryFn: ({ signal }) =>
      api<RetryBatchResult>(`/batches/${encodeURIComponent(id)}/retry`, {
        method: 'POST',
        json: { ...choice, dry: true },
        signal,
      }),
    placeholderData: (before) => before,
    select: (answer) => answer.matched,
  });
}
