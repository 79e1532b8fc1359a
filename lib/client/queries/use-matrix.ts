'use client';

import { useQuery } from '@tanstack/react-query';
import { apiBytes } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import { useConnection } from '@/lib/client/live/use-connection';

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
