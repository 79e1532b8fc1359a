'use client';

import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { api } from '@/lib/client/api';
import { keys } from '@/lib/client/keys';
import type { ImportDto, ImportIssueList } from '@/lib/contracts/import';

const PAGE = 50;

/** Rows that don't fit, by row, a page at a time; read again when their number changes. */
export function useImportIssues(found: ImportDto) {
  return useInfiniteQuery({
    queryKey: keys.imports.issues(found.id, Math.min(found.bad, PAGE * 2)),
    enabled: found.bad > 0,
    initialPageParam: null as string | null,
    getNextPageParam: (page: ImportIssueList) => page.nextCursor,
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      api<ImportIssueList>(`/imports/${encodeURIComponent(found.id)}/issues`, {
        query: { limit: PAGE, cursor: pageParam },
        signal,
      }),
  });
}
