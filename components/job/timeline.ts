import { formatDuration } from '@/components/ui/format';
import type { MarkStatus } from '@/components/ui/status';
import type { AttemptDto, JobDetailDto } from '@/lib/contracts/job';

/** One event in the history of a job. */
export interface TimelineEntry {
  key: string;
  mark: MarkStatus;
  title: string;
  /** the reason: the error message */
  detail: string | null;
  at: string | null;
  /** still in progress since `at`: its duration grows on screen */
  ongoing: boolean;
}

const OUTCOME: Record<AttemptDto['outcome'], { mark: MarkStatus; verb: string }> = {
  completed: { mark: 'completed', verb: 'completed' },
  failed: { mark: 'failed', verb: 'failed' },
  deferred: { mark: 'delayed', verb: 'was deferred' },
  crashed: { mark: 'failed', verb: 'lost its worker process' },
  cancelled: { mark: 'cancelled', verb: 'was stopped' },
  active: { mark: 'active', verb: 'is running' },
};

/** Shorter waits are normal in the queue and are not listed. */
const WORTH_SAYING_MS = 500;

/** Returns the history of a job: created, the attempts with the waits between them, and the present state. */
export function timelineOf(job: JobDetailDto): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    entry('created', 'pending', job.createdBy ? `Created by ${job.createdBy}` : 'Created', job.createdAt),
  ];
  let freeSince = job.createdAt;
  let run = 1;
  job.attempts.forEach((attempt, i) => {
    if (attempt.run > run) {
      run = attempt.run;
      entries.push(entry(`run-${run}`, 'pending', `Run ${run}: retried by hand`, null));
    }
    const waited = Date.parse(attempt.startedAt) - Date.parse(freeSince);
    if (waited >= WORTH_SAYING_MS) {
      const what = i === 0 ? 'Waited' : 'Waited to try again';
      entries.push(entry(`wait-${i}`, 'delayed', `${what} ${formatDuration(waited)}`, freeSince));
    }
    entries.push(attemptEntry(attempt, i + 1));
    freeSince = attempt.finishedAt ?? attempt.startedAt;
  });
  const last = standing(job, freeSince);
  if (last) entries.push(last);
  return entries;
}

function attemptEntry(attempt: AttemptDto, number: number): TimelineEntry {
  const { mark, verb } = OUTCOME[attempt.outcome];
  const took = attempt.finishedAt ? Date.parse(attempt.finishedAt) - Date.parse(attempt.startedAt) : null;
  const length = took === null ? '' : ` after ${formatDuration(took)}`;
  return {
    ...entry(
      `attempt-${attempt.attempt}-${attempt.startedAt}`,
      mark,
      `Attempt ${number} ${verb}${length}`,
      attempt.startedAt,
    ),
    detail: attempt.error?.message ?? null,
    ongoing: attempt.outcome === 'active',
  };
}

/** Returns the present state of the job; null if the last attempt shows it already. */
function standing(job: JobDetailDto, freeSince: string): TimelineEntry | null {
  switch (job.status) {
    case 'pending':
      return { ...entry('now', 'pending', 'Waiting in the queue', freeSince), ongoing: true };
    case 'waiting-children':
      return { ...entry('now', 'waiting-children', 'Waiting for its children', freeSince), ongoing: true };
    case 'delayed':
      return {
        ...entry('now', 'delayed', 'Delayed', job.runAt),
        detail: job.attempts.length > 0 ? 'before the next attempt' : null,
      };
    case 'cancelled':
      return entry('now', 'cancelled', 'Cancelled', job.finishedAt);
    case 'failed': {
      const isShownAbove = job.attempts.at(-1)?.error?.message === job.error?.message;
      return {
        ...entry('now', 'failed', 'Failed permanently', job.finishedAt),
        detail: isShownAbove ? null : (job.error?.message ?? null),
      };
    }
    default:
      return null;
  }
}

const entry = (key: string, mark: MarkStatus, title: string, at: string | null): TimelineEntry => ({
  key,
  mark,
  title,
  detail: null,
  at,
  ongoing: false,
});
