'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useConnection } from '@/lib/client/live/use-connection';
import type { FailureGroups } from '@/lib/contracts/batch';

const CALM_MS = 4_000;
const BEHIND_MS = 1_000;
/** Counting more failures by reason every second would cost too much. */
const MANY = 5_000;

/**
 * Why items of a batch failed, most frequent first. `failed` is the batch's counter: while the reasons add up to less,
 * they are read more often.
 */
export function useFailures(batchId: string, { enabled = true, changing = false, failed = 0 } = {}) {
  const live = useConnection().state === 'live';
  return useQuery({
    queryKey: keys.batches.failures(batchId),
    enabled,
    queryFn: ({ signal }) => api<FailureGroups>(`/batches/${encodeURIComponent(batchId)}/failures`, { signal }),
    refetchInterval: ({ state }) => {
      if (!changing || !live) return false;
      const known = state.data?.groups.reduce((sum, group) => sum + group.count, 0) ?? 0;
      return known < failed && failed <= MANY ? BEHIND_MS : CALM_MS;
    },
    select: (answer) => answer.groups,
  });
}
