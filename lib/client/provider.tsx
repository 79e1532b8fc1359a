'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import type { ViewerDto } from '@/lib/contracts/system';
import { keys } from './keys';
import { Live } from './live/live';
import { createQueryClient } from './query-client';

const LiveContext = createContext<Live | null>(null);

export interface ClientProviderProps {
  children: ReactNode;
  /** who is signed in, as the server rendered it: no button may look allowed before the first request */
  viewer: ViewerDto;
  /** called when the session has ended */
  onSignedOut?: () => void;
}

/** Opens the sign-in page, which returns to the present page. */
function goToSignIn(): void {
  const { pathname, search } = globalThis.location;
  if (pathname.startsWith('/sign-in')) return;
  globalThis.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Query caches and the live stream for everything below it. One per tab, around the signed-in pages. */
export function ClientProvider({ children, viewer, onSignedOut = goToSignIn }: ClientProviderProps) {
  const [{ client, live }] = useState(() => {
    const queryClient = createQueryClient(onSignedOut);
    queryClient.setQueryData(keys.viewer, viewer);
    return { client: queryClient, live: new Live(queryClient, onSignedOut) };
  });
  useEffect(() => live.join(), [live]);
  return (
    <QueryClientProvider client={client}>
      <LiveContext value={live}>{children}</LiveContext>
    </QueryClientProvider>
  );
}

/** The live data of the tab. @throws outside of ClientProvider */
export function useLive(): Live {
  const live = use(LiveContext);
  if (!live) throw new Error('useLive needs a ClientProvider above it.');
  return live;
}
