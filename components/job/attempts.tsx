'use client';

import { formatCount, formatDuration, formatNumber } from '@/components/ui/format';
import { StatusBadge } from '@/components/ui/status-mark';
import { Time } from '@/components/ui/time';
import type { AttemptDto, JobDetailDto } from '@/lib/contracts/job';

const MARK = {
  completed: 'completed',
  failed: 'failed',
  deferred: 'delayed',
  crashed: 'failed',
  cancelled: 'cancelled',
  active: 'active',
} as const;

/** Every attempt of the job, with its full error. */
export function Attempts({ job }: { job: JobDetailDto }) {
  if (job.attempts.length === 0) {
    return <p className="py-8 text-center text-muted text-sm">No attempt has been made yet.</p>;
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-xs">
        {formatNumber(job.attemptsMade)} of {formatCount(job.maxAttempts, 'attempt')} used
        {job.run > 1 ? ` in run ${formatNumber(job.run)}` : ''}
        {job.backoff && job.maxAttempts > 1
          ? `; ${job.backoff.type} pause of ${formatDuration(job.backoff.delay)} between them`
          : ''}
      </p>
      <ol className="flex flex-col gap-2">
        {job.attempts.map((attempt, i) => (
          <li key={`${attempt.attempt}-${attempt.startedAt}`} className="rounded-md border">
            <p className="flex flex-wrap items-center gap-x-3 px-3 py-1.5 text-sm">
              <span className="font-medium">Attempt {i + 1}</span>
              <StatusBadge
                status={MARK[attempt.outcome]}
                word={attempt.outcome === 'deferred' ? 'deferred' : attempt.outcome}
              />
              {job.run > 1 ? <span className="text-muted text-xs">run {formatNumber(attempt.run)}</span> : null}
              <span className="ml-auto flex gap-3 font-mono text-muted text-xs">
                {length(attempt)}
                <Time at={attempt.startedAt} />
              </span>
            </p>
            {attempt.error ? (
              <pre className="max-h-56 overflow-auto whitespace-pre-wrap border-t bg-canvas px-3 py-2 font-mono text-xs [overflow-wrap:anywhere]">
                {attempt.error.code ? `${attempt.error.code}: ` : ''}
                {attempt.error.stack ?? attempt.error.message}
              </pre>
            ) : null}
          </li>
        ))}
      </ol>
    </div>
  );
}

const length = ({ startedAt, finishedAt }: AttemptDto): string =>
  finishedAt ? formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)) : '';
