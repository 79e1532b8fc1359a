'use client';

import { Plus, Rows3 } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo } from 'react';
import { Button } from '@/components/ui/button';
import { EmptyState, ErrorState } from '@/components/ui/states';
import { Table } from '@/components/ui/table';
import { usePhone } from '@/components/ui/use-phone';
import { useUrlFilters } from '@/components/ui/use-url-filters';
import { VirtualTable } from '@/components/ui/virtual-table';
import { describeError } from '@/lib/client/api';
import type { JobFilters } from '@/lib/client/keys';
import { useBatches } from '@/lib/client/queries/use-batches';
import { JobFilterBar, useJobFilters } from './filters';
import { JOB_COLUMNS, JobHeader, JobRow, JobRowSkeletons } from './job-row';
import { useJobList } from './use-job-list';

function NoJobs({ filtered }: { filtered: boolean }) {
  const [, change] = useUrlFilters();
  if (filtered) {
    return (
      <EmptyState
        title="No job fits these filters"
        actions={<Button onClick={() => change({ q: '', type: '', status: '', batchId: '' })}>Show all jobs</Button>}
      >
        Take a filter away, or search for part of a name.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Rows3 />}
      title="No jobs yet"
      actions={
        <Button variant="primary" asChild>
          <Link href="/batches/new">
            <Plus /> New batch
          </Link>
        </Button>
      }
    >
      Every item of a batch is a job, and so is what a program creates over the API. They all show up here.
    </EmptyState>
  );
}

/** All jobs, of batches and single ones, newest first, live. */
export function JobList() {
  const read = useJobFilters();
  const scope = JSON.stringify(read);
  const filters = useMemo(() => JSON.parse(scope) as JobFilters, [scope]);
  const { query, rows, waiting, showWaiting } = useJobList(filters, scope);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const { data: batches } = useBatches();
  const names = useMemo(
    () => new Map(batches?.pages.flatMap((page) => page.batches.map((b) => [b.id, b.name] as const))),
    [batches],
  );
  const phone = usePhone();
  const readOn = useCallback(() => void fetchNextPage(), [fetchNextPage]);

  const table = () => {
    if (query.isPending) {
      return (
        <div className="@container rounded-md border bg-surface">
          <Table aria-label="Jobs, being read" aria-busy="true" className={JOB_COLUMNS}>
            <JobHeader />
            <JobRowSkeletons count={14} />
          </Table>
        </div>
      );
    }
    if (query.isError && rows.length === 0) {
      return (
        <ErrorState
          title="The jobs could not be read"
          detail={describeError(query.error)}
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      );
    }
    if (rows.length === 0) return <NoJobs filtered={scope !== '{}'} />;
    return (
      <VirtualTable
        label="Jobs"
        columns={JOB_COLUMNS}
        header={<JobHeader />}
        rows={rows}
        rowKey={(job) => job.id}
        renderRow={(job) => <JobRow job={job} batchName={job.batchId ? names.get(job.batchId) : undefined} />}
        rowHeight={phone ? 56 : 32}
        hasMore={hasNextPage}
        loadingMore={isFetchingNextPage}
        onEnd={readOn}
        scope={scope}
        stale={query.isPlaceholderData}
        waiting={waiting}
        onShowWaiting={showWaiting}
      />
    );
  };

  return (
    <>
      <JobFilterBar filters={filters} />
      {table()}
    </>
  );
}
