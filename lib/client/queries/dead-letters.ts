'use client';

import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { DeadGrouping } from '@/lib/contracts/choices';
import type { DeadLetterCount, DeadLettersAnswer } from '@/lib/contracts/dead-letter';

/** Dead letters that match a query, by group. Read again when jobs fail, run again or are discarded. */
export function useDeadLetters(query: string, groupBy: DeadGrouping, { enabled = true } = {}) {
  return useQuery({
    queryKey: keys.deadLetters.groups(query, groupBy),
    enabled,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api<DeadLettersAnswer>('/dead-letters', { query: { query, groupBy }, signal }),
  });
}

/** How many dead letters the organization has; kept up to date by the same events. */
export function useDeadLetterCount() {
  return useQuery({
    queryKey: keys.deadLetters.count,
    queryFn: async ({ signal }) => (await api<DeadLetterCount>('/dead-letters/count', { signal })).count,
  });
}
