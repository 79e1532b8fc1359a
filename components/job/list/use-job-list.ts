'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { type JobFilters, keys } from '@/lib/client/keys';
import { useServerEvents } from '@/lib/client/live/use-connection';
import { useJobs } from '@/lib/client/queries/jobs';
import type { ServerMessage } from '@/lib/contracts/events';

/** The page size of the small query that refetches the top of the list to find new jobs. */
const HEAD = 50;
const PAGE = 100;
const PAUSE_MS = 3000;

/** The job list, and its new rows. While jobs are created, only the top of the list is refetched. */
export function useJobList(filters: JobFilters, scope: string) {
  const client = useQueryClient();
  const query = useJobs(filters, { limit: PAGE });
  const head = useJobs(filters, { limit: HEAD, enabled: query.isSuccess });
  const rows = query.data?.pages.flatMap((page) => page.jobs) ?? [];
  const held = useHeldRows(rows, scope, head.data?.pages[0]?.jobs ?? []);

  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const listen = useCallback(
    (message: ServerMessage) => {
      if (message.event !== 'job-created' || due.current) return;
      due.current = setTimeout(() => {
        due.current = undefined;
        void client.invalidateQueries({ queryKey: keys.jobs.list(filters, HEAD) });
      }, PAUSE_MS);
    },
    [client, filters],
  );
  useServerEvents(listen);

  const showWaiting = () => {
    held.reopen();
    // Starts at the first page again, because a refetch would load every page below it too.
    void client.resetQueries({ queryKey: keys.jobs.list(filters, PAGE) });
  };
  return { query, rows: held.rows, waiting: held.waiting, showWaiting };
}
