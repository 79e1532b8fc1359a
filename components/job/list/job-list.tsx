'use client';

import { Rows3 } from 'lucide-react';
import { useMemo } from 'react';
import { NoRecords } from '@/components/ui/no-records';
import { RecordFilters, textParam } from '@/components/ui/record-filters';
import { RecordList } from '@/components/ui/record-list';
import { listParam, useUrlFilters } from '@/components/ui/use-url-filters';
import type { JobFilters } from '@/lib/client/keys';
import { useBatches } from '@/lib/client/queries/batches';
import { JOB_STATUSES } from '@/lib/contracts/status';
import { JOB_COLUMNS, JobHeader, JobRow, JobRowSkeletons } from './job-row';
import { useJobList } from './use-job-list';

/** Only jobs of flows wait for children, and flows have their own page. A link may still filter by this status. */
const OFFERED = JOB_STATUSES.filter((status) => status !== 'waiting-children');

/** Reads the filters of the list from the URL; `scope` is the same as text. */
function useJobFilters(): { filters: JobFilters; scope: string } {
  const [params] = useUrlFilters();
  const status = listParam(params, 'status', JOB_STATUSES);
  const scope = JSON.stringify({
    ...(status.length > 0 ? { status } : {}),
    ...textParam(params, 'type'),
    ...textParam(params, 'batchId'),
    ...textParam(params, 'q'),
  });
  return { filters: useMemo(() => JSON.parse(scope) as JobFilters, [scope]), scope };
}

const NO_JOBS = (
  <NoRecords what="jobs" icon={<Rows3 />} begin="batch">
    Each item of a batch is a job. Jobs that programs create over the API are listed here too.
  </NoRecords>
);

/** The live list of all jobs, in batches or single, newest first. */
export function JobList() {
  const { filters, scope } = useJobFilters();
  const { query, rows, waiting, showWaiting } = useJobList(filters, scope);
  const { data: batches } = useBatches();
  const names = useMemo(
    () => new Map(batches?.pages.flatMap((page) => page.batches.map((b) => [b.id, b.name] as const))),
    [batches],
  );
  return (
    <>
      <RecordFilters what="jobs" filters={filters} statuses={OFFERED} />
      <RecordList
        what="jobs"
        query={query}
        rows={rows}
        columns={JOB_COLUMNS}
        header={<JobHeader />}
        skeletons={<JobRowSkeletons count={14} />}
        empty={NO_JOBS}
        renderRow={(job) => <JobRow job={job} batchName={job.batchId ? names.get(job.batchId) : undefined} />}
        scope={scope}
        waiting={waiting}
        onShowWaiting={showWaiting}
      />
    </>
  );
}
