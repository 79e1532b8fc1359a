'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ImportList } from '@/lib/contracts/import';

/** Imports that have not become a batch, newest first. */
export function useImports() {
  return useQuery({
    queryKey: keys.imports.list,
    queryFn: async ({ signal }) => (await api<ImportList>('/imports', { signal })).imports,
  });
}
