'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { CapacityDto } from '@/lib/contracts/system';

/** What runs now and how much may run, kept current by the stream. */
export function useCapacity() {
  return useQuery({
    queryKey: keys.capacity,
    refetchInterval: 30_000,
    queryFn: ({ signal }) => api<CapacityDto>('/capacity', { signal }),
  });
}
