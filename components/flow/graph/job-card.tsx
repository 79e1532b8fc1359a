'use client';

import type { Node, NodeProps } from '@xyflow/react';
import { Minus } from 'lucide-react';
import { memo } from 'react';
import { cn } from '@/components/ui/cn';
import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { STATUS_LOOK } from '@/components/ui/status';
import { StatusMark } from '@/components/ui/status-mark';
import { links } from '@/lib/client/links';
import type { JobSummaryDto } from '@/lib/contracts/job';
import { useGraphActions } from './actions';
import type { JobItem } from './view';

export type JobNode = Node<{ item: JobItem; current: boolean }, 'job'>;

const EDGE: Partial<Record<string, string>> = {
  active: 'border-status-active',
  failed: 'border-status-failed',
  completed: 'border-status-completed/50',
};

/** Returns the text beside the status: progress, duration or attempt. */
function fact(job: JobSummaryDto): string | null {
  if (job.status === 'active' && job.progress && job.progress.total > 0) {
    return `${formatNumber(job.progress.current)} of ${formatNumber(job.progress.total)}`;
  }
  if (job.durationMs !== null) return formatDuration(job.durationMs);
  return job.attemptsMade > 0 ? `attempt ${job.attemptsMade + 1} of ${job.maxAttempts}` : null;
}

/** A job of the flow: name, progress, and its status as color, shape and word. */
export const JobCard = memo(function JobCard({ data: { item, current } }: NodeProps<JobNode>) {
  const { open, fold } = useGraphActions();
  const { node, unfolded } = item;
  const { job, status } = node;
  const title = (
    <>
      {status ? <StatusMark status={status} className="mt-0.5" /> : null}
      <span className="min-w-0 flex-1 truncate font-medium text-sm leading-4.5">{node.name}</span>
    </>
  );
  return (
    <div
      data-job={node.id}
      data-status={status ?? 'planned'}
      className={cn(
        'group pointer-events-auto relative flex h-full w-full flex-col justify-center gap-0.5 rounded-md border bg-surface px-2.5',
        (status && EDGE[status]) ?? 'border-line-strong',
        status === null && 'border-dashed',
        status === 'cancelled' && 'bg-sunken',
        current && 'outline-2 outline-accent outline-offset-2',
      )}
    >
      {open && job ? (
        <a
          href={links.job(node.id)}
          tabIndex={-1}
          draggable={false}
          title={node.name}
          className="flex items-start gap-1.5 outline-none after:absolute after:inset-0 after:rounded-md group-hover:text-accent"
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            open(node.id);
          }}
        >
          {title}
        </a>
      ) : (
        <p className="flex items-start gap-1.5" title={node.name}>
          {title}
        </p>
      )}
      <p className="flex min-w-0 items-baseline gap-1.5 text-xs">
        {status && job ? (
          <>
            <span className={cn('shrink-0', STATUS_LOOK[status].text)}>
              {job.cancelRequested && status === 'active' ? 'stopping' : STATUS_LOOK[status].word}
            </span>
            <span className="min-w-0 flex-1 truncate text-muted">{fact(job) ?? node.type}</span>
          </>
        ) : (
          <span className="min-w-0 flex-1 truncate text-muted">{node.type}</span>
        )}
        {node.policy === 'fail-parent' ? null : (
          <span className="shrink-0 text-2xs text-faint" title={`If it fails: ${node.policy}`}>
            {node.policy}
          </span>
        )}
      </p>
      {unfolded ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={`Fold what ${node.name} waits for`}
          title={`Fold ${formatCount(node.childCount, 'job')}`}
          onClick={() => fold(node.id)}
          className="absolute top-1/2 -left-2.5 z-1 grid size-5 -translate-y-1/2 place-items-center rounded-full border border-line-strong bg-surface text-muted opacity-0 hover:border-accent hover:text-accent group-hover:opacity-100 pointer-coarse:opacity-100"
        >
          <Minus className="size-3" />
        </button>
      ) : null}
    </div>
  );
});
