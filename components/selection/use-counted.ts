'use client';

import { useJobCount } from '@/lib/client/queries/query-values';
import type { JobSummaryDto } from '@/lib/contracts/job';
import type { ListSelection } from './use-selection';

interface Counted {
  list: ListSelection<JobSummaryDto>;
  /** how many of them have which status, where all that match are selected and counted */
  byStatus: Readonly<Record<string, number>> | undefined;
}

/** Counts on the server what is selected where more match than are loaded. Until then, and beyond its limit of time, `100+`. */
export function useCounted(list: ListSelection<JobSummaryDto>, query: string): Counted {
  const { selection } = list;
  const enabled = selection.kind === 'all' && !selection.match.items && list.count === null;
  const { data } = useJobCount(query, { enabled });
  if (!enabled || !data) return { list, byStatus: undefined };
  if (!data.searched.all) {
    return { list: { ...list, atLeast: Math.max(list.atLeast, data.count) }, byStatus: undefined };
  }
  const isWhole = selection.without.size === 0;
  return { list: { ...list, count: data.count }, byStatus: isWhole ? data.byStatus : undefined };
}
