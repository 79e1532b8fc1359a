'use client';

import { cn } from '@/components/ui/cn';
import { formatNumber } from '@/components/ui/format';
import type { JobProgressState } from '@/lib/client/queries/jobs';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';

const FILL = {
  completed: 'bg-status-completed',
  failed: 'bg-status-failed',
  cancelled: 'bg-status-cancelled opacity-50',
} as const;

/** Texts for statuses in which a percentage would be wrong or missing. */
const WORD: Partial<Record<JobStatus, string>> = {
  pending: 'Not started',
  delayed: 'Delayed',
  'waiting-children': 'Waiting',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** The progress that the job reports, with its message. */
export function JobProgressBar({ state }: { state: JobProgressState }) {
  const { job, progress, percent } = state;
  if (!job) return null;
  const word = WORD[job.status];
  const big = word ?? (percent === null ? 'Running' : `${percent}%`);
  const ended = job.status === 'failed' || job.status === 'cancelled';
  const said = progress?.message ?? '';
  const text = ended && said ? `stopped at: ${said}` : said;
  const fill = isTerminal(job.status) ? FILL[job.status] : 'bg-status-active';
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline gap-3">
        <p className="font-semibold text-2xl tracking-tight">{big}</p>
        <p aria-live="polite" className="min-w-0 flex-1 truncate text-muted text-sm" title={text}>
          {text}
        </p>
        {progress && progress.total > 0 ? (
          <p className="shrink-0 text-muted text-sm">
            <span className="text-ink">{formatNumber(progress.current)}</span> of {formatNumber(progress.total)}
          </p>
        ) : null}
      </div>
      <div
        role="progressbar"
        aria-label={`Progress of ${job.name || job.id}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent ?? undefined}
        aria-valuetext={percent === null ? text || big : undefined}
        className="h-2 overflow-hidden rounded-sm bg-line"
      >
        <span
          className={cn(
            'block h-full transition-[width] duration-150',
            fill,
            percent === null && job.status === 'active' && 'animate-pulse-slow',
          )}
          style={{ width: `${percent ?? (job.status === 'active' ? 100 : isTerminal(job.status) ? 100 : 0)}%` }}
        />
      </div>
    </div>
  );
}
