'use client';

import { useEffect, useSyncExternalStore } from 'react';
import { useLive } from '@/lib/client/provider';
import type { Connection, EventListener } from './live';

const SERVER_SIDE: Connection = { state: 'connecting', since: new Date(0), dataFrom: null };

/** Whether the screen is live, and if not, up to when its data is current. */
export function useConnection(): Connection {
  const live = useLive();
  return useSyncExternalStore(live.watchConnection, live.getConnection, () => SERVER_SIDE);
}

/** Whether data on screen may be old, so that no decision should rest on it. */
export function useStale(): boolean {
  const { state } = useConnection();
  return state === 'reconnecting' || state === 'offline';
}

/** Calls the listener with every server event. Pass a stable listener (useCallback). */
export function useServerEvents(listener: EventListener): void {
  const live = useLive();
  useEffect(() => live.listen(listener), [live, listener]);
}
