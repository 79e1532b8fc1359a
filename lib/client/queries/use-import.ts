'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { type ImportAnswer, type ImportDto, isImportBusy } from '@/lib/contracts/import';
import { must } from '@/lib/contracts/must';

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
