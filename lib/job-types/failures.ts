/** A permanent error: the job fails at once, without further attempts. */
export class PermanentError extends Error {
  override name = 'PermanentError';

  constructor(
    message: string,
    /** a stable code for grouping, such as `corrupt-document` */
    readonly code?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A job names a secret that its organization does not have. */
export const unknownSecret = (name: string): PermanentError =>
  new PermanentError(
    `There is no secret named ${name.slice(0, 64)}. An administrator can make it (Settings, or POST /api/secrets).`,
    'unknown-secret',
  );

/** Whether it is a permanent error, also of an own job file, which has a copy of the class. */
export const isPermanent = (error: unknown): error is PermanentError =>
  error instanceof Error && error.name === 'PermanentError';

/** Whether it asks for a later attempt, also from an own job file. */
export const isRetryLater = (error: unknown): error is RetryLaterError =>
  error instanceof Error && error.name === 'RetryLaterError' && 'delayMs' in error && typeof error.delayMs === 'number';

/** A server asked for a delay (Retry-After): the next attempt starts after it, and not before the job's backoff. */
export class RetryLaterError extends Error {
  override name = 'RetryLaterError';
  /** Batchyard chose the time, such as a turn at a host: the backoff does not apply */
  readonly exact: boolean;

  constructor(
    message: string,
    readonly delayMs: number,
    /** a stable code for grouping */
    readonly code?: string,
    { exact = false, ...options }: ErrorOptions & { exact?: boolean | undefined } = {},
  ) {
    super(message, options);
    this.exact = exact;
  }
}
