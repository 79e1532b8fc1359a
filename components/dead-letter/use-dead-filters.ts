'use client';

import { useMemo } from 'react';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { DEAD_GROUPINGS, type DeadGrouping } from '@/lib/contracts/choices';

export interface DeadFilters {
  /** the query in the address; empty: all dead letters */
  text: string;
  groupBy: DeadGrouping;
  /** the query of the group whose jobs are shown; empty: none */
  opened: string;
  search: (text: string) => void;
  group: (by: DeadGrouping) => void;
  open: (query: string) => void;
}

/** Keeps the query, the grouping and the opened group in the address, so that a link holds everything. */
export function useDeadFilters(): DeadFilters {
  const [params, change] = useUrlFilters();
  const text = (params.get('query') ?? '').trim();
  const groupBy = DEAD_GROUPINGS.find((each) => each === params.get('groupBy')) ?? 'reason';
  const opened = params.get('group') ?? '';
  const verbs = useMemo(
    () => ({
      search: (query: string) => change({ query, group: '' }),
      group: (by: DeadGrouping) => change({ groupBy: by === 'reason' ? '' : by, group: '' }),
      open: (group: string) => change({ group }),
    }),
    [change],
  );
  return { text, groupBy, opened, ...verbs };
}
