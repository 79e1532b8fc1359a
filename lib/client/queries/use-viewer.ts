'use client';

import { useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ViewerDto } from '@/lib/contracts/system';

/** Who is signed in. */
export function useViewer() {
  return useQuery({
    queryKey: keys.viewer,
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) => api<ViewerDto>('/viewer', { signal }),
  });
}
