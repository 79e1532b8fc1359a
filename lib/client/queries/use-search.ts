'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { SearchHits } from '@/lib/contracts/search';

/** Passages of embedded documents nearest to `q`, best first. No request while `q` is empty. */
export function useSearch(q: string, { batchId, limit = 20 }: { batchId?: string; limit?: number } = {}) {
  const words = q.trim();
  return useQuery({
    queryKey: keys.search(words, batchId, limit),
    enabled: words !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api<SearchHits>('/search', { query: { q: words, limit, batchId }, signal }),
    select: (answer) => answer.hits,
  });
}
