'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ImportMappingList } from '@/lib/contracts/import';

/** Saved mappings of a job type, by name. */
export function useImportMappings(type: string) {
  return useQuery({
    queryKey: keys.imports.mappings(type),
    queryFn: async ({ signal }) =>
      (await api<ImportMappingList>('/import-mappings', { query: { type }, signal })).mappings,
  });
}
