'use client';

import { useEffect } from 'react';
import { Page, PageHeader, Panel } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { useJob, useJobProgress } from '@/lib/client/queries/jobs';
import { JobActions } from './job-actions';
import { JobHeader } from './job-header';
import { JobSkeleton } from './job-states';
import { JobView } from './job-view';

/** The page of a job, which the modal links to. */
export function JobPage({ jobId }: { jobId: string }) {
  const state = useJobProgress(jobId);
  const { refetch, isFetching } = useJob(jobId);
  const { job, error } = state;
  useEffect(() => {
    if (job) document.title = `${job.status} · ${job.name || job.id} · Batchyard`;
  }, [job]);
  if (!job) {
    return (
      <Page>
        {error ? (
          <RecordProblem what="job" error={error} onRetry={() => void refetch()} retrying={isFetching} />
        ) : (
          <JobSkeleton />
        )}
      </Page>
    );
  }
  return (
    <Page className="max-w-300">
      <PageHeader title={job.name || job.id} meta={<JobHeader job={job} />} actions={<JobActions job={job} />} />
      <Panel>
        <JobView state={state} job={job} />
      </Panel>
    </Page>
  );
}
