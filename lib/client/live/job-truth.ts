import type { JobProgress, JobSummaryDto } from '@/lib/contracts/job';
import { isTerminal, type JobStatus } from '@/lib/contracts/status';

/** What a row and an event say of a job alike. */
export type Living = Pick<JobSummaryDto, 'id' | 'status' | 'attemptsMade' | 'progress'>;

interface Held {
  status: JobStatus;
  attemptsMade: number;
  progress: JobProgress | null;
  seenAt: number;
  /** known from an answer, which an event under way may precede; events alone come in order */
  answered: boolean;
}

/** An event that comes later than this after an answer was not overtaken by it. */
const OVERTAKEN_MS = 1_000;

/** How far along its life a job in a status is. */
const STAGE: Record<JobStatus, number> = {
  'waiting-children': 0,
  pending: 0,
  delayed: 0,
  active: 1,
  completed: 2,
  failed: 2,
  cancelled: 2,
};
const MAX_HELD = 5_000;

/** Keeps events and answers about jobs in order: the same idea as BatchTruth, for the fields that a job's events carry. */
export class JobTruth {
  readonly #held = new Map<string, Held>();

  /** A row from an answer: given back with what an event said meanwhile, if the request was made before that event. */
  absorb<J extends Living>(job: J, askedAt: number, now: number): J {
    const held = this.#held.get(job.id);
    if (held && askedAt < held.seenAt && isBehind(held, job)) {
      return { ...job, status: held.status, attemptsMade: held.attemptsMade, progress: held.progress };
    }
    this.#put(job.id, { ...pick(job), seenAt: now, answered: true });
    return job;
  }

  /** A row from an event. Events of one stream come in order, so it always counts. */
  apply(job: Living, now: number): void {
    this.#put(job.id, { ...pick(job), seenAt: now, answered: false });
  }

  /** Progress of a running job. False if it is about a moment that has passed. */
  progress(jobId: string, progress: JobProgress, now: number): boolean {
    const held = this.#held.get(jobId);
    if (!held) return true;
    if (isTerminal(held.status)) return false;
    const before = held.progress;
    // Another attempt begins at its start again, so going back alone proves nothing.
    const overtaken = held.answered && now - held.seenAt < OVERTAKEN_MS;
    if (overtaken && before && before.total === progress.total && before.current > progress.current) return false;
    this.#put(jobId, { ...held, status: 'active', progress, seenAt: now, answered: false });
    return true;
  }

  #put(id: string, held: Held): void {
    this.#held.delete(id);
    this.#held.set(id, held);
    if (this.#held.size <= MAX_HELD) return;
    const oldest = this.#held.keys().next();
    if (!oldest.done) this.#held.delete(oldest.value);
  }
}

const pick = (job: Living): Omit<Held, 'seenAt' | 'answered'> => ({
  status: job.status,
  attemptsMade: job.attemptsMade,
  progress: job.progress,
});

function isBehind(held: Held, job: Living): boolean {
  if (job.attemptsMade !== held.attemptsMade) return job.attemptsMade < held.attemptsMade;
  return STAGE[job.status] < STAGE[held.status];
}
