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
      <CodeLine job={job} />
      <StepsLine job={job} />
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
                {attempt.codeVersion ? (
                  <span title="The version of the code that ran it">{attempt.codeVersion}</span>
                ) : null}
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

/** With which code the last attempt ran, and what the next one would run, where that is another. */
function CodeLine({ job: { attempts, offeredVersions, status } }: { job: JobDetailDto }) {
  const ran = attempts.at(-1)?.codeVersion;
  if (!ran) return null;
  const verb = status === 'active' ? 'Runs' : 'Ran';
  const isOffered = offeredVersions.length === 1 && offeredVersions[0] === ran;
  return (
    <p className="text-muted text-xs">
      {verb} with version <code className="font-mono text-ink">{ran}</code>
      {isOffered ? (
        status === 'active' ? (
          '.'
        ) : (
          ', which is still offered: a retry runs the same code.'
        )
      ) : offeredVersions.length === 0 ? (
        '. No running worker has this type now: a retry waits until one has.'
      ) : (
        <>
          ; now offered <code className="font-mono text-ink">{offeredVersions.join(', ')}</code>, which a retry runs
          {offeredVersions.length > 1 ? ', whichever takes it' : ''}.
        </>
      )}
    </p>
  );
}

/** What another attempt would not repeat. */
function StepsLine({ job: { stepsRemembered, status } }: { job: JobDetailDto }) {
  if (stepsRemembered === 0) return null;
  return (
    <p className="text-muted text-xs">
      {formatCount(stepsRemembered, 'step')} remembered
      {status === 'completed' ? '.' : ': another attempt gets what they returned and does not repeat them.'}
    </p>
  );
}

const length = ({ startedAt, finishedAt }: AttemptDto): string =>
  finishedAt ? formatDuration(Date.parse(finishedAt) - Date.parse(startedAt)) : '';
