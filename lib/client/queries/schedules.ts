'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, apiBytes } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BatchAnswer, BatchDto } from '@/lib/contracts/batch';
import type { BackfillResult, FiringList } from '@/lib/contracts/firing';
import { parseJson } from '@/lib/contracts/json';
import type { PreviewTimes, ScheduleAnswer, ScheduleList } from '@/lib/contracts/schedule';
import type { PreviewItemsAnswer, PreviewItemsBody } from '@/lib/contracts/scheduled-launch';

/** No event carries schedules and firings, so they are read again. */
const REFRESH_MS = 5000;

const pathOf = (id: string): string => `/schedules/${encodeURIComponent(id)}`;

/** Schedules, newest first, a page at a time. */
export function useSchedules(q = '', { limit = 50, enabled = true } = {}) {
  return useInfiniteQuery({
    queryKey: keys.schedules.list(q, limit),
    enabled,
    refetchInterval: REFRESH_MS,
    initialPageParam: null as string | null,
    getNextPageParam: (page: ScheduleList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<ScheduleList>('/schedules', { query: { q, limit, cursor: pageParam }, signal }),
  });
}

/** A schedule with what it launches and its last firings. */
export function useSchedule(id: string) {
  return useQuery({
    queryKey: keys.schedules.detail(id),
    refetchInterval: REFRESH_MS,
    queryFn: async ({ signal }) => (await api<ScheduleAnswer>(pathOf(id), { signal })).schedule,
  });
}

/** What came of the due times of a schedule, newest first. */
export function useFirings(id: string, { limit = 50 } = {}) {
  return useInfiniteQuery({
    queryKey: keys.schedules.firings(id),
    refetchInterval: REFRESH_MS,
    initialPageParam: null as string | null,
    getNextPageParam: (page: FiringList) => page.nextCursor,
    queryFn: ({ pageParam, signal }) =>
      api<FiringList>(`${pathOf(id)}/firings`, { query: { limit, cursor: pageParam }, signal }),
  });
}

/** A batch with the inputs of its items, for a schedule that launches the same. @param batchId null: nothing is read */
export function useBatchWithItems(batchId: string | null) {
  return useQuery({
    queryKey: keys.schedules.ofBatch(batchId ?? ''),
    enabled: batchId !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<{ batch: BatchDto; items: unknown[] }> => {
      const path = `/batches/${encodeURIComponent(batchId ?? '')}`;
      const [{ batch }, lines] = await Promise.all([
        api<BatchAnswer>(path, { signal }),
        apiBytes(`${path}/results`, { query: { format: 'jsonl' }, signal }),
      ]);
      const rows = new TextDecoder().decode(lines).split('\n').filter(Boolean);
      return { batch, items: rows.map((line) => (parseJson(line) as { input: unknown }).input) };
    },
  });
}

/** What decides when a schedule fires, as a body of the API. */
export interface TimingBody {
  cron?: string;
  everySeconds?: number;
  timeZone: string;
  startAt?: string | null;
  endAt?: string | null;
  exclude?: unknown[];
}

/** The next times of a schedule that need not exist. @param body null: there is nothing to ask for yet */
export function usePreview(body: TimingBody | null, count = 5) {
  return useQuery({
    queryKey: keys.schedules.preview({ ...body, count }),
    enabled: body !== null,
    retry: false,
    staleTime: 30_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      api<PreviewTimes>('/schedules/preview', { method: 'POST', json: { ...body, count }, signal }),
  });
}

/** How many items a batch of a schedule would launch now. */
export function useItemsPreview(body: PreviewItemsBody) {
  return useQuery({
    queryKey: keys.schedules.items(body),
    retry: false,
    staleTime: 10_000,
    queryFn: ({ signal }) =>
      api<PreviewItemsAnswer>('/schedules/preview-items', { method: 'POST', json: body, signal }),
  });
}

/** The due times that a backfill would launch. @param range null: there is nothing to ask for yet */
export function useBackfillPreview(id: string, range: { from: string; to: string } | null) {
  return useQuery({
    queryKey: keys.schedules.backfill(id, range ?? {}),
    enabled: range !== null,
    retry: false,
    queryFn: ({ signal }) =>
      api<BackfillResult>(`${pathOf(id)}/backfill`, { method: 'POST', json: { ...range, dry: true }, signal }),
  });
}
