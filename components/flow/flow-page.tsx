'use client';

import dynamic from 'next/dynamic';
import { useEffect, useMemo } from 'react';
import { ActivityLine } from '@/components/shared/activity';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { formatCount } from '@/components/ui/format';
import { Notice } from '@/components/ui/notice';
import { onDemand } from '@/components/ui/on-demand';
import { Page, PageHeader } from '@/components/ui/panel';
import { RecordProblem } from '@/components/ui/record-problem';
import { StatusBadge } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import { describeError } from '@/lib/client/api';
import type { FlowDto } from '@/lib/contracts/flow';
import { FlowActions } from './flow-actions';
import { FlowList } from './flow-list';
import { FlowProgress } from './flow-progress';
import { FlowSkeleton, GraphSkeleton } from './flow-states';
import type { TreeNode } from './graph/tree-node';
import { flatten } from './graph/view';
import { PictureBar } from './picture-bar';
import { useFlowAddress } from './use-flow-address';
import { useFlowTree } from './use-flow-tree';
import { useView } from './use-view';

const JobProgressModal = onDemand(() =>
  import('@/components/job/job-progress-modal').then((module) => module.JobProgressModal),
);

const FlowGraph = dynamic(() => import('./graph/flow-graph').then((graph) => graph.FlowGraph), {
  ssr: false,
  loading: GraphSkeleton,
});

/** The live page of a flow: its tree of jobs with their statuses. */
export function FlowPage({ flowId }: { flowId: string }) {
  const { query, root, loading, problem, readMore } = useFlowTree(flowId);
  const { data: flow, error, isFetching, refetch } = query;
  if (flow && root) {
    return <Loaded flow={flow} root={root} loading={loading} problem={problem} readMore={readMore} />;
  }
  if (error) {
    return (
      <Page>
        <RecordProblem what="flow" error={error} onRetry={() => void refetch()} retrying={isFetching} />
      </Page>
    );
  }
  return <FlowSkeleton />;
}

interface LoadedProps extends Pick<ReturnType<typeof useFlowTree>, 'loading' | 'problem' | 'readMore'> {
  flow: FlowDto;
  root: TreeNode;
}

function Loaded({ flow, root, loading, problem, readMore }: LoadedProps) {
  const view = useView(root, readMore);
  const { picture, setPicture, jobId, openJob, closeJob } = useFlowAddress();
  const jobs = useMemo(
    () => (jobId ? flatten(view.item).flatMap((item) => (item.kind === 'job' ? item.id : [])) : []),
    [jobId, view.item],
  );
  const at = jobId ? jobs.indexOf(jobId) : -1;
  const step = (to: string | undefined) => (at >= 0 && to ? () => openJob(to) : null);
  useEffect(() => {
    document.title = `${flow.progress < 100 ? `${flow.progress}%` : flow.status} · ${flow.name} · Batchyard`;
  }, [flow.progress, flow.status, flow.name]);
  const shared = { loading, open: openJob, unfold: view.unfold, fold: view.fold };
  return (
    <Page className="h-full min-h-120 gap-3">
      <PageHeader
        title={flow.name}
        aside={
          <>
            <StatusBadge
              filled
              status={flow.status}
              word={flow.cancelMode && flow.progress < 100 ? 'cancelling' : undefined}
            />
            {flow.types.slice(0, 3).map((type) => (
              <Badge key={type} mono>
                {type}
              </Badge>
            ))}
          </>
        }
        meta={
          <>
            {flow.createdBy ? `by ${flow.createdBy} · ` : ''}
            <Time at={flow.createdAt} /> · {formatCount(flow.levels, 'level')}
          </>
        }
        actions={<FlowActions flow={flow} />}
      />
      <FlowProgress flow={flow} />
      <ActivityLine kind="flow" id={flow.id} moved={`${flow.status} ${flow.cancelMode} ${flow.progress === 100}`} />
      {problem ? (
        <Notice
          tone="error"
          title="Some jobs could not be read"
          actions={
            <Button size="sm" onClick={problem.retry}>
              Try again
            </Button>
          }
        >
          {describeError(problem.error)}
        </Notice>
      ) : null}
      <section aria-label="Tree" className="flex min-h-80 flex-1 flex-col overflow-hidden rounded-md border bg-surface">
        <PictureBar picture={picture} onPicture={setPicture} view={view} total={flow.total} />
        <div className="relative flex min-h-0 flex-1 flex-col bg-canvas">
          {picture === 'graph' ? (
            <FlowGraph {...shared} label={`Tree of ${flow.name}`} root={view.item} running={flow.progress < 100} />
          ) : (
            <FlowList {...shared} label={`Jobs of ${flow.name}`} root={view.item} />
          )}
        </div>
      </section>
      {jobId ? (
        <JobProgressModal
          jobId={jobId}
          onClose={closeJob}
          onPrevious={step(jobs[at - 1])}
          onNext={step(jobs[at + 1])}
        />
      ) : null}
    </Page>
  );
}
