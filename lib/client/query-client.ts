import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { exponential } from '@/lib/contracts/backoff';
import { isApiError, OfflineError } from './api';

/** A refusal stays a refusal; an unreachable or failing server may recover. */
const worthRetrying = (failures: number, error: Error): boolean => {
  if (error instanceof OfflineError) return failures < 3;
  return isApiError(error) && error.status >= 500 && failures < 2;
};

const retryDelay = exponential({ base: 500, max: 8_000 });

/** The tab's query client. `onSignedOut` is called for each answer with the code `unauthenticated`. */
export function createQueryClient(onSignedOut: () => void): QueryClient {
  const notice = (error: Error): void => {
    if (isApiError(error, 'unauthenticated')) onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: notice }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        // The event stream keeps data fresh; a refetch on each mount or focus would only add load.
        staleTime: 15_000,
        gcTime: 5 * 60_000,
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
