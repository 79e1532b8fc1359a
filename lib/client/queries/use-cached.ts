'use client';

import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useCallback, useSyncExternalStore } from 'react';

/**
 * Returns the cached data of a key and follows its changes, without requesting it. A query with skipToken would also
 * prevent the page's own query on the same key from being read again.
 */
export function useCached<T>(queryKey: QueryKey): T | undefined {
  const client = useQueryClient();
  const hash = hashKey(queryKey);
  const watch = useCallback(
    (changed: () => void) =>
      client.getQueryCache().subscribe(({ query, type }) => {
        // The cache reports new queries while React renders, when no state may be set.
        if (query.queryHash === hash && type !== 'observerAdded') queueMicrotask(changed);
      }),
    [client, hash],
  );
  const read = useCallback(() => client.getQueryCache().get(hash)?.state.data as T | undefined, [client, hash]);
  return useSyncExternalStore(watch, read, () => undefined);
}
