'use client';

import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api, apiBytes } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts/batch';
import { isImportBusy } from '@/lib/contracts/choices';
import type { JobError } from '@/lib/contracts/errors';
import type { ImportAnswer, ImportDto, ImportIssueList, ImportList, ImportMappingList } from '@/lib/contracts/import';
import { parseJson } from '@/lib/contracts/json';
import { must } from '@/lib/contracts/must';
import type { JobStatus } from '@/lib/contracts/status';

const BUSY_MS = 500;
/** Another person may have changed it. */
const IDLE_MS = 15_000;

export const fetchImport = async (id: string, signal?: AbortSignal): Promise<ImportDto> =>
  (await api<ImportAnswer>(`/imports/${encodeURIComponent(id)}`, signal ? { signal } : {})).import;

/** The state of an import, read twice a second while a worker works on it. */
export function useImport(id: string | null) {
  return useQuery({
    queryKey: keys.imports.detail(id ?? ''),
    enabled: id !== null,
    queryFn: ({ signal }) => fetchImport(must(id, 'The id of the import'), signal),
    refetchInterval: ({ state }) => (state.data && isImportBusy(state.data.status) ? BUSY_MS : IDLE_MS),
  });
}

/** Imports that have not become a batch, newest first. */
export function useImports() {
  return useQuery({
    queryKey: keys.imports.list,
    queryFn: async ({ signal }) => (await api<ImportList>('/imports', { signal })).imports,
  });
}

const PAGE = 50;

/** Rows that don't fit, by row, a page at a time; read again when their number changes. */
export function useImportIssues(found: ImportDto) {
  return useInfiniteQuery({
    queryKey: keys.imports.issues(found.id, Math.min(found.bad, PAGE * 2)),
    enabled: found.bad > 0,
    initialPageParam: null as string | null,
    getNextPageParam: (page: ImportIssueList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<ImportIssueList>(`/imports/${encodeURIComponent(found.id)}/issues`, {
        query: { limit: PAGE, cursor: pageParam },
        signal,
      }),
  });
}

/** Saved mappings of a job type, by name. */
export function useImportMappings(type: string) {
  return useQuery({
    queryKey: keys.imports.mappings(type),
    queryFn: async ({ signal }) =>
      (await api<ImportMappingList>('/import-mappings', { query: { type }, signal })).mappings,
  });
}

export interface TrialResult {
  /** place in the dry run, from 0 */
  index: number;
  status: JobStatus;
  input: unknown;
  result?: unknown;
  error?: JobError;
}

/** The results of the rows of a dry run, read again whenever its counters change. */
export function useTrialResults(batchId: string, batch: BatchDto | undefined) {
  const moved = batch ? batch.completed + batch.failed + batch.cancelled + batch.active * 1000 : 0;
  return useQuery({
    queryKey: keys.imports.trial(batchId, moved),
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const path = `/batches/${encodeURIComponent(batchId)}/results`;
      const text = new TextDecoder().decode(await apiBytes(path, { query: { format: 'jsonl' }, signal }));
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => parseJson(line) as TrialResult);
    },
  });
}
