'use client';

import { ActivityList } from '@/components/shared/activity';
import { HiddenContents } from '@/components/shared/hidden-contents';
import { Notice } from '@/components/ui/notice';
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs';
import { Time } from '@/components/ui/time';
import type { JobProgressState } from '@/lib/client/queries/jobs';
import { useArtifacts } from '@/lib/client/queries/jobs';
import { useSeesPayloads } from '@/lib/client/queries/system';
import type { JobDetailDto } from '@/lib/contracts/job';
import { Artifacts } from './artifacts';
import { Attempts } from './attempts';
import { Facts } from './facts';
import { JobLogs } from './job-logs';
import { JobProgressBar } from './job-progress';
import { Payload } from './payload';
import { ProgressCurves } from './progress-chart';
import { Result } from './result';
import { Timeline } from './timeline-view';

/** The tab list scrolls on a phone and would clip an outer focus ring. */
const TAB = 'rounded-t-sm px-1 focus-visible:outline-offset-[-2px]';

/** All details of a job, for the modal and its own page. */
export function JobView({ state, job }: { state: JobProgressState; job: JobDetailDto }) {
  const seesPayloads = useSeesPayloads();
  const files = useArtifacts(job, { enabled: seesPayloads });
  const made = files.data?.length ?? 0;
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <JobProgressBar state={state} />
      {job.discardedAt ? <Discarded at={job.discardedAt} by={job.discardedBy} note={job.discardNote} /> : null}
      {state.progress?.chart ? <ProgressCurves chart={state.progress.chart} /> : null}
      <div className="grid min-w-0 gap-4 lg:grid-cols-[304px_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <Timeline job={job} />
          <Facts job={job} />
          <ActivityList kind="job" id={job.id} moved={`${job.status} ${job.attemptsMade} ${job.cancelRequested}`} />
        </div>
        <Tabs defaultValue="result" className="min-w-0 max-lg:order-first">
          <TabsList aria-label="About this job">
            <TabsTrigger className={TAB} value="result">
              Result
            </TabsTrigger>
            {made > 0 ? (
              <TabsTrigger className={TAB} value="files">
                Files {made}
              </TabsTrigger>
            ) : null}
            <TabsTrigger className={TAB} value="input">
              Input
            </TabsTrigger>
            <TabsTrigger className={TAB} value="logs">
              Logs
            </TabsTrigger>
            <TabsTrigger className={TAB} value="attempts">
              Attempts {job.attempts.length > 1 ? job.attempts.length : ''}
            </TabsTrigger>
          </TabsList>
          <div className="pt-3">
            <TabsContent value="result">
              {seesPayloads ? <Result job={job} /> : <HiddenContents what="result" />}
            </TabsContent>
            <TabsContent value="files">
              <Artifacts artifacts={files.data} error={files.error} />
            </TabsContent>
            <TabsContent value="input">
              {seesPayloads ? (
                <Payload name="the input" value={job.data} fileName={`job-${job.id}-input.json`} />
              ) : (
                <HiddenContents what="input" />
              )}
            </TabsContent>
            <TabsContent value="logs">
              {seesPayloads ? (
                <JobLogs jobId={job.id} running={job.status === 'active'} />
              ) : (
                <HiddenContents what="log" />
              )}
            </TabsContent>
            <TabsContent value="attempts">
              <Attempts job={job} />
            </TabsContent>
          </div>
        </Tabs>
      </div>
    </div>
  );
}

/** Who discarded a failed job, and why. It stays failed, and can be retried. */
function Discarded({ at, by, note }: { at: string; by: string | null; note: string | null }) {
  return (
    <Notice
      title={
        <>
          Discarded {by ? `by ${by} ` : ''}
          <Time at={at} />
        </>
      }
    >
      {note ? `${note} · ` : ''}It is no dead letter any more. A retry brings it back.
    </Notice>
  );
}
