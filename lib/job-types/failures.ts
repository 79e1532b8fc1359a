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

/** A server asked for a delay (Retry-After): the next attempt starts after it, and not before the job's backoff. */
export class RetryLaterError extends Error {
  override name = 'RetryLaterError';
  /** the time was chosen by Batchyard, such as a turn at a host: the backoff does not apply */
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
