import type { BatchDto } from '@/lib/contracts/batch';
import type { BatchProgressEvent } from '@/lib/contracts/events';
import type { JobProgress, JobSummaryDto } from '@/lib/contracts/job';
import { batchProgress } from '@/lib/contracts/progress';
import { isFinished, isTerminal, type JobStatus } from '@/lib/contracts/status';

interface HeldBatch {
  batch: BatchDto;
  /** local time up to which no newer state is known */
  seenAt: number;
  /** a new run was announced: the next counters may be lower */
  reopened: boolean;
}

export type Verdict = 'newer' | 'older' | 'unknown';

const MAX_BATCHES = 3_000;
const ended = (b: { completed: number; failed: number; cancelled: number }): number =>
  b.completed + b.failed + b.cancelled;

type Counted = Pick<BatchProgressEvent, 'status' | 'completed' | 'failed' | 'cancelled'> & { run?: number };

/** Whether `next` is older than `held`: within a run, counters only grow. */
export function isOlderBatch(held: BatchDto, next: Counted): boolean {
  if (next.run !== undefined && next.run !== held.run) return next.run < held.run;
  const difference = ended(next) - ended(held);
  return difference < 0 || (difference === 0 && isFinished(held.status) && !isFinished(next.status));
}

/** A row of a list has a preview instead of long metadata. Metadata does not change, so what was read before is kept. */
function withMetadata(batch: BatchDto, held: BatchDto | undefined): BatchDto {
  if (batch.metadataPreview === undefined || !held || held.metadataPreview !== undefined) return batch;
  const { metadataPreview, ...rest } = batch;
  return { ...rest, metadata: held.metadata };
}

/**
 * The newest known state of each batch: drops updates that arrive out of order. Answers and events race each other;
 * every screen reads from here, so that no screen goes back in time and two screens never disagree.
 */
export class NewestBatches {
  readonly #held = new Map<string, HeldBatch>();

  get(id: string): BatchDto | undefined {
    return this.#held.get(id)?.batch;
  }

  /** Merges a row of an answer to a request made at `askedAt`. Returns the row to show. */
  merge(batch: BatchDto, askedAt: number, now: number): BatchDto {
    const held = this.#held.get(batch.id);
    const isNewer = !held || askedAt >= held.seenAt;
    const kept = isNewer || !isOlderBatch(held.batch, batch) ? withMetadata(batch, held?.batch) : held.batch;
    this.#put({ batch: kept, seenAt: now, reopened: false });
    return kept;
  }

  /** Takes counters of an event. `older` ones are dropped; `unknown`: the batch was never read. */
  apply(event: BatchProgressEvent, now: number): Verdict {
    const held = this.#held.get(event.batchId);
    if (!held) return 'unknown';
    if (!held.reopened && isOlderBatch(held.batch, event)) return 'older';
    const { batchId: _, ...counters } = event;
    this.#put({ batch: { ...held.batch, ...counters }, seenAt: now, reopened: false });
    return 'newer';
  }

  /** Takes the event that ends a run. */
  finish(
    event: Omit<BatchProgressEvent, 'progress' | 'active' | 'pending' | 'ratePerSecond' | 'etaSeconds'>,
    now: number,
  ) {
    const rest = { active: 0, pending: Math.max(0, event.total - ended(event)), ratePerSecond: null, etaSeconds: null };
    const facts = { sealed: true, announced: null, cancelMode: this.get(event.batchId)?.cancelMode ?? null };
    return this.apply({ ...event, ...rest, progress: batchProgress({ ...event, ...facts }) }, now);
  }

  /** A start or retry was announced: lower counters are newer from now on. */
  reopen(id: string): void {
    const held = this.#held.get(id);
    if (held) held.reopened = true;
  }

  #put(held: HeldBatch): void {
    this.#held.delete(held.batch.id);
    this.#held.set(held.batch.id, held);
    if (this.#held.size <= MAX_BATCHES) return;
    const oldest = this.#held.keys().next();
    if (!oldest.done) this.#held.delete(oldest.value);
  }
}

/** The fields that rows and events of a job have in common. */
export type LiveJob = Pick<JobSummaryDto, 'id' | 'status' | 'attemptsMade' | 'progress'>;

interface HeldJob {
  status: JobStatus;
  attemptsMade: number;
  progress: JobProgress | null;
  seenAt: number;
  /** known from an answer: an event that was sent earlier may still arrive. Events among themselves keep their order. */
  answered: boolean;
}

/** An event that arrives later than this after an answer is newer than the answer. */
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
const MAX_JOBS = 5_000;

/** The newest known state of each job: like NewestBatches, for the fields that events of a job carry. */
export class NewestJobs {
  readonly #held = new Map<string, HeldJob>();

  /** Merges a row of an answer. Returns it with newer fields of an event that arrived after the request was made. */
  merge<J extends LiveJob>(job: J, askedAt: number, now: number): J {
    const held = this.#held.get(job.id);
    if (held && askedAt < held.seenAt && isOlderJob(held, job)) {
      return { ...job, status: held.status, attemptsMade: held.attemptsMade, progress: held.progress };
    }
    this.#put(job.id, { ...pick(job), seenAt: now, answered: true });
    return job;
  }

  /** Takes a row of an event. Events of one stream keep their order, so it is the newest. */
  apply(job: LiveJob, now: number): void {
    this.#put(job.id, { ...pick(job), seenAt: now, answered: false });
  }

  /** Takes progress of a running job. Returns false if newer state is known. */
  progress(jobId: string, progress: JobProgress, now: number): boolean {
    const held = this.#held.get(jobId);
    if (!held) return true;
    if (isTerminal(held.status)) return false;
    const before = held.progress;
    // A new attempt starts from zero, so lower progress alone does not prove an older event.
    const overtaken = held.answered && now - held.seenAt < OVERTAKEN_MS;
    if (overtaken && before && before.total === progress.total && before.current > progress.current) return false;
    this.#put(jobId, { ...held, status: 'active', progress, seenAt: now, answered: false });
    return true;
  }

  #put(id: string, held: HeldJob): void {
    this.#held.delete(id);
    this.#held.set(id, held);
    if (this.#held.size <= MAX_JOBS) return;
    const oldest = this.#held.keys().next();
    if (!oldest.done) this.#held.delete(oldest.value);
  }
}

const pick = (job: LiveJob): Omit<HeldJob, 'seenAt' | 'answered'> => ({
  status: job.status,
  attemptsMade: job.attemptsMade,
  progress: job.progress,
});

function isOlderJob(held: HeldJob, job: LiveJob): boolean {
  if (job.attemptsMade !== held.attemptsMade) return job.attemptsMade < held.attemptsMade;
  return STAGE[job.status] < STAGE[held.status];
}
