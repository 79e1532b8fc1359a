import type { InputOf, JobType, OutputOf } from '@/lib/job-types';

/** What a processor is given: one attempt of one job. */
export interface ProcessorContext<T extends JobType> {
  jobId: string;
  batchId: string | null;
  organizationId: string;
  /** from 1 */
  attempt: number;
  data: InputOf<T>;
  /** aborted by a forced cancel, a timeout or a shutdown; long work must watch it */
  signal: AbortSignal;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void;
  updateProgress(current: number, total: number, message?: string): void;
}

/** The work of one job type. It may run more than once for a job, so its effects must be idempotent. */
export type Processor<T extends JobType> = (job: ProcessorContext<T>) => Promise<OutputOf<T>>;

/** Trying again can't help: the job fails at once, whatever attempts are left. */
export class PermanentError extends Error {
  override name = 'PermanentError';

  constructor(
    message: string,
    /** a stable word for grouping, such as `corrupt-document` */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Somebody asked to come back later (Retry-After): the next attempt starts no earlier. */
export class RetryLaterError extends Error {
  override name = 'RetryLaterError';

  constructor(
    message: string,
    readonly delayMs: number,
    /** a stable word for grouping */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
