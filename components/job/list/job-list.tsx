'use client';

import { useQueryClient } from '@tanstack/react-query';
import { Rows3 } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { ListQueryControls } from '@/components/query/list-query-controls';
import { searchedOf } from '@/components/query/searched';
import { useListQuery } from '@/components/query/use-list-query';
import { isEmpty } from '@/components/selection/selection';
import { useCounted } from '@/components/selection/use-counted';
import { SelectionProvider, useSelection } from '@/components/selection/use-selection';
import { NoRecords } from '@/components/shared/no-records';
import { onDemand } from '@/components/ui/on-demand';
import { gridOf, RecordSkeletons } from '@/components/ui/record-columns';
import { RecordList } from '@/components/ui/record-list';
import { useHeldRows } from '@/components/ui/use-held-rows';
import { usePhone } from '@/components/ui/use-phone';
import { type JobFilters, keys } from '@/lib/client/keys';
import { useServerEvents } from '@/lib/client/live/use-connection';
import { PAGE_SIZES } from '@/lib/client/page-sizes';
import { useBatches } from '@/lib/client/queries/batches';
import { useJobs } from '@/lib/client/queries/jobs';
import type { ServerMessage } from '@/lib/contracts/events';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { JOB_COLUMNS, JOB_GRID, JobHeader, JobRow } from './job-row';

const JobSelection = onDemand(
  () => import('@/components/selection/job-selection').then((module) => module.JobSelection),
  ({ list }) => !isEmpty(list.selection),
);

/** Only jobs of flows wait for children, and flows have their own page. A link may still filter by this status. */
const OFFERED = JOB_STATUSES.filter((status) => status !== 'waiting-children');

const NO_JOBS = (
  <NoRecords what="jobs" icon={<Rows3 />} begin="batch">
    Each item of a batch is a job. Jobs that programs create over the API are listed here too.
  </NoRecords>
);

/** The live list of all jobs, in batches or single, newest first. */
export function JobList() {
  const list = useListQuery('jobs');
  const phone = usePhone();
  const chosen = phone ? null : list.columns;
  const scope = JSON.stringify(list.query === undefined ? {} : { query: list.query });
  const filters = useMemo(() => JSON.parse(scope) as JobFilters, [scope]);
  const { query, rows, waiting, showWaiting } = useJobList(filters, scope);
  const { data: batches } = useBatches();
  const names = useMemo(
    () => new Map(batches?.pages.flatMap((page) => page.batches.map((b) => [b.id, b.name] as const))),
    [batches],
  );
  const { list: selection, byStatus } = useCounted(
    useSelection({
      rows,
      scope,
      query: list.text,
      isComplete: query.isSuccess && !query.hasNextPage && waiting === 0,
    }),
    list.text,
  );
  return (
    <SelectionProvider value={selection}>
      <ListQueryControls list={list} statuses={OFFERED} columns={JOB_COLUMNS} />
      <RecordList
        what="jobs"
        query={query}
        rows={rows}
        columns={JOB_GRID}
        grid={gridOf(JOB_COLUMNS, chosen)}
        header={<JobHeader chosen={chosen} />}
        skeletons={<RecordSkeletons columns={JOB_COLUMNS} chosen={chosen} count={14} />}
        empty={NO_JOBS}
        renderRow={(job) => (
          <JobRow chosen={chosen} job={job} batchName={job.batchId ? names.get(job.batchId) : undefined} />
        )}
        scope={scope}
        searched={searchedOf(query.data?.pages, PAGE, (page) => page.jobs.length)}
        waiting={waiting}
        onShowWaiting={showWaiting}
        onExtend={selection.extend}
      />
      <JobSelection list={selection} byStatus={byStatus} what="jobs" />
    </SelectionProvider>
  );
}

/** The page size of the small query that refetches the top of the list to find new jobs. */
const HEAD = 50;
const PAGE = PAGE_SIZES.jobs;
const PAUSE_MS = 3000;

/** The job list, and its new rows. While jobs are created, only the top of the list is refetched. */
function useJobList(filters: JobFilters, scope: string) {
  const client = useQueryClient();
  const query = useJobs(filters, { limit: PAGE });
  // A search that does not end within its limit of time is not repeated for each new job.
  const isQuick = query.data?.pages[0]?.searched?.all !== false;
  const [hasNews, setNews] = useState(false);
  // A list of one page is read again as a whole after an interruption.
  const isLong = (query.data?.pages.length ?? 0) > 1;
  const head = useJobs(filters, { limit: HEAD, enabled: query.isSuccess && isQuick && (hasNews || isLong) });
  const rows = query.data?.pages.flatMap((page) => page.jobs) ?? [];
  const held = useHeldRows(rows, query, scope, head.data?.pages[0]?.jobs ?? []);

  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const listen = useCallback(
    (message: ServerMessage) => {
      if (message.event !== 'job-created' || due.current) return;
      due.current = setTimeout(() => {
        due.current = undefined;
        setNews(true);
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
