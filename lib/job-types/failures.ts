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

/** Somebody asked to come back later (Retry-After): the next attempt starts no earlier, nor before the job's backoff. */
export class RetryLaterError extends Error {
  override name = 'RetryLaterError';
  /** the moment is ours, such as a turn at a host: the backoff does not hold it up */
  readonly exact: boolean;

  constructor(
    message: string,
    readonly delayMs: number,
    /** a stable word for grouping */
    readonly code?: string,
    { exact = false, ...options }: ErrorOptions & { exact?: boolean | undefined } = {},
  ) {
    super(message, options);
    this.exact = exact;
  }
}
