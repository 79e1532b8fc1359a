'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useConnection } from '@/lib/client/live/use-connection';
import type { FailureGroup } from '@/lib/contracts';

/** Why items of a batch failed, most frequent first. */
export function useFailures(batchId: string, { enabled = true, changing = false } = {}) {
  const live = useConnection().state === 'live';
  return useQuery({
    queryKey: keys.batches.failures(batchId),
    enabled,
    refetchInterval: changing && live ? 4_000 : false,
    queryFn: ({ signal }) =>
      api<{ groups: FailureGroup[] }>(`/batches/${encodeURIComponent(batchId)}/failures`, { signal }),
    select: (answer) => answer.groups,
  });
}
