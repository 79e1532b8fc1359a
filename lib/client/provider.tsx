'use client';

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { exponential } from '@/lib/contracts/backoff';
import type { ViewerDto } from '@/lib/contracts/system';
import { isApiError, OfflineError, showOrganization } from './api';
import { keys } from './keys';
import { Live } from './live/live';

const LiveContext = createContext<Live | null>(null);

export interface ClientProviderProps {
  children: ReactNode;
  /** who is signed in, as the server rendered it: no button may look allowed before the first request */
  viewer: ViewerDto;
  /** called when the session has ended, or may only set a second factor up */
  onSignedOut?: () => void;
}

/** Opens the sign-in page, which returns to the present page. From there the server sends on who lacks a second factor. */
function goToSignIn(): void {
  const { pathname, search } = globalThis.location;
  if (pathname.startsWith('/sign-in')) return;
  globalThis.location.assign(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** Query caches and the live stream for everything below it. One per tab, around the signed-in pages. */
export function ClientProvider({ children, viewer, onSignedOut = goToSignIn }: ClientProviderProps) {
  const [{ client, live }] = useState(() => {
    const queryClient = createQueryClient(onSignedOut);
    showOrganization(viewer.organization.id);
    queryClient.setQueryData(keys.viewer, viewer);
    return { client: queryClient, live: new Live(queryClient, onSignedOut, viewer.organization.id) };
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

/** A refusal stays a refusal; an unreachable or failing server may recover. */
const worthRetrying = (failures: number, error: Error): boolean => {
  if (error instanceof OfflineError) return failures < 3;
  return isApiError(error) && error.status >= 500 && failures < 2;
};

const retryDelay = exponential({ base: 500, max: 8_000 });

/** The tab's query client. `onSignedOut` is called for each answer after which nothing here can be read. */
function createQueryClient(onSignedOut: () => void): QueryClient {
  const notice = (error: Error): void => {
    if (isApiError(error, 'unauthenticated') || isApiError(error, 'second-factor-required')) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({
      // A wrong code is answered with 401 too, and the session goes on.
      onError: (error, _variables, _result, { meta }) => meta?.mayAnswer401 || notice(error),
    }),
    defaultOptions: {
      queries: {
        // The event stream keeps data fresh; a refetch on each mount or focus would only add load.
        staleTime: 15_000,
        // A timer on the server would keep what a page was rendered with.
        gcTime: typeof window === 'undefined' ? Number.POSITIVE_INFINITY : 5 * 60_000,
        retry: worthRetrying,
        retryDelay: (failures) => retryDelay(failures + 1),
        refetchOnWindowFocus: false,
        // The loopback address works without a network, so the browser's online state is ignored.
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
