'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchTableAnswer } from '@/lib/contracts/import';

/** The table that a batch was imported from, while it is kept. No request for other batches. */
export function useBatchTable({ id, metadata }: Pick<BatchDto, 'id' | 'metadata'>) {
  const { importId, dryRun } = (metadata ?? {}) as { importId?: unknown; dryRun?: unknown };
  const came = typeof importId === 'string' && !dryRun;
  const { data } = useQuery({
    queryKey: keys.batches.table(id),
    enabled: came,
    queryFn: ({ signal }) => api<BatchTableAnswer>(`/batches/${encodeURIComponent(id)}/table`, { signal }),
  });
  return { table: data?.table ?? null, isGone: data?.missing === 'not-kept' };
}
