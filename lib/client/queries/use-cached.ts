'use client';

import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * What the cache holds for a key, kept current, without ever asking for it. A query with skipToken would do so too,
 * but it would also keep the page's own query on the same key from being read again.
 */
export function useCached<T>(queryKey: QueryKey): T | undefined {
  const client = useQueryClient();
  const hash = hashKey(queryKey);
  const watch = useCallback(
    (changed: () => void) =>
      client.getQueryCache().subscribe(({ query, type }) => {
        // The cache tells of new queries while React renders, when nothing may be set.
        if (query.queryHash === hash && type !== 'observerAdded') queueMicrotask(changed);
      }),
    [client, hash],
  );
  const read = useCallback(() => client.getQueryCache().get(hash)?.state.data as T | undefined, [client, hash]);
  return useSyncExternalStore(watch, read, () => undefined);
}
