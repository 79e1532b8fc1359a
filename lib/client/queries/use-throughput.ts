'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useConnection } from '@/lib/client/live/use-connection';
import type { BatchDto, ThroughputDto } from '@/lib/contracts/batch';

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
